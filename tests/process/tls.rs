//! The CA in files: written, kept, and refused when it is no good.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use tempfile::TempDir;

use crate::{
    readme::shell,
    run::{Server, binary},
};

/// A directory that goes with the test.
struct Dir(TempDir);

impl Dir {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn offered(server: &Server) -> String {
    let ca = shell::Shell::default().run(&format!("curl -s {}/__mock/ca.pem", server.url));
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"), "{ca}");
    ca.trim().replace("\r\n", "\n")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap().trim().replace("\r\n", "\n")
}

/// How it ends with these flags, and what it says.
fn refused(args: &[&str]) -> String {
    let output = binary().args(["--port", "0"]).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_banner_says_where_tls_is_and_what_to_trust() {
    let server = Server::start(&[]);
    let https = server.url.replacen("http", "https", 1);
    let line = server.banner.lines().find(|line| line.trim().starts_with("HTTPS")).unwrap();
    assert!(line.contains(&format!("{https}  (CA: {}/__mock/ca.pem)", server.url)), "{line}");
}

#[test]
fn the_ca_is_in_its_file_when_the_server_says_that_it_is_ready() {
    let dir = Dir::new();
    let file = dir.file("out.pem");
    fs::write(&file, "from another run").unwrap();
    let server = Server::start(&["--ca-out", text(&file)]);
    assert_eq!(read(&file), offered(&server));
    assert!(server.banner.contains(&format!("CA: {}", text(&file))), "{}", server.banner);
    assert_eq!(dir.names(), ["out.pem"]);
}

#[test]
fn a_state_dir_keeps_the_ca() {
    let dir = Dir::new();
    let state = dir.file("made/with/it");
    let first = offered(&Server::start(&["--state-dir", text(&state)]));
    assert_eq!(read(&state.join("ca.pem")), first);
    assert_eq!(offered(&Server::start(&["--state-dir", text(&state)])), first);
    // The certificate follows from the key, and is put back.
    fs::remove_file(state.join("ca.pem")).unwrap();
    let again = Server::start(&["--state-dir", text(&state)]);
    assert_eq!(read(&state.join("ca.pem")), offered(&again));
    assert_ne!(offered(&Server::start(&[])), first);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_key() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Dir::new();
    let _server = Server::start(&["--state-dir", text(dir.0.path())]);
    assert_eq!(dir.names(), ["ca-key.pem", "ca.pem", "passes.secret"]);
    let mode = |name: &str| fs::metadata(dir.file(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("ca-key.pem"), mode("passes.secret")), (0o600, 0o600));
    assert_eq!(mode("ca.pem") & 0o600, 0o600);
}

#[test]
fn servers_that_start_at_once_share_one_ca() {
    let dir = Dir::new();
    let start = || offered(&Server::start(&["--state-dir", text(dir.0.path())]));
    let all: Vec<_> = thread::scope(|scope| {
        let starting: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
        starting.into_iter().map(|server| server.join().unwrap()).collect()
    });
    assert!(all.iter().all(|ca| *ca == all[0]), "{all:?}");
    assert_eq!(dir.names(), ["ca-key.pem", "ca.pem", "passes.secret"]);
}

#[test]
fn what_is_kept_and_no_good_is_named_and_left_alone() {
    let (dir, other) = (Dir::new(), Dir::new());
    let state = ["--state-dir", text(dir.0.path())];
    let (key, cert) = (dir.file("ca-key.pem"), dir.file("ca.pem"));
    let _ = [Server::start(&state), Server::start(&["--state-dir", text(other.0.path())])];
    let good = read(&key);

    fs::write(&key, "no key").unwrap();
    let said = refused(&state);
    assert!(said.contains(text(&key)) && said.contains("no CA's private key in it"), "{said}");
    assert_eq!(read(&key), "no key");

    fs::remove_file(&key).unwrap();
    let said = refused(&state);
    assert!(said.contains(text(&key)) && said.contains("missing beside"), "{said}");
    assert!(!key.exists(), "nothing is put in its place");

    fs::write(&key, good).unwrap();
    let secret = dir.file("passes.secret");
    let good = read(&secret);
    fs::write(&secret, "abc").unwrap();
    let said = refused(&state);
    assert!(said.contains(text(&secret)) && said.contains("64 hexadecimal digits"), "{said}");
    fs::write(&secret, good).unwrap();
    for wrong in [read(&other.file("ca.pem")), "no certificate".to_owned()] {
        fs::write(&cert, &wrong).unwrap();
        let said = refused(&state);
        assert!(said.contains(text(&cert)) && said.contains("does not belong to"), "{said}");
        assert_eq!(read(&cert), wrong);
    }
}

#[test]
fn what_cannot_be_written_is_named() {
    let dir = Dir::new();
    let file = dir.file("file");
    fs::write(&file, "").unwrap();
    let below = file.join("below");
    for flag in ["--ca-out", "--state-dir"] {
        let said = refused(&[flag, text(&below)]);
        assert!(said.contains("cannot write") && said.contains(text(&below)), "{said}");
    }
}

#[test]
fn files_of_ones_own_are_named_in_the_banner_and_go_together() {
    let dir = Dir::new();
    // A CA is no worse than other certificates here: what matters is that both are used.
    drop(Server::start(&["--state-dir", text(dir.0.path())]));
    let (cert, key) = (dir.file("ca.pem"), dir.file("ca-key.pem"));
    let server = Server::start(&["--tls-cert", text(&cert), "--tls-key", text(&key)]);
    assert!(server.banner.contains(&format!("certificate: {}", text(&cert))), "{}", server.banner);
    let said = refused(&["--tls-cert", text(&cert)]);
    assert!(said.contains("--tls-key is missing"), "{said}");
}
