// Headless Chromium that trusts the server's CA as a developer's own browser would: it is in the
// certificate store of the account, which here is a home folder made for this run.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** `home` is an empty folder; `ca` the certificate, PEM. */
export function openBrowser(home, ca) {
  trust(home, ca);
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      // The calls SDK asks for scripts from the vendor's CDN. Nothing may leave this machine.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost',
    ],
    env: { ...process.env, HOME: home },
  });
}

function trust(home, ca) {
  const store = join(home, '.pki', 'nssdb');
  const file = join(home, 'ca.pem');
  mkdirSync(store, { recursive: true });
  writeFileSync(file, ca);
  execFileSync('certutil', ['-d', `sql:${store}`, '-N', '--empty-password']);
  execFileSync('certutil', ['-d', `sql:${store}`, '-A', '-n', 'mock-calls', '-t', 'C,,', '-i', file]);
}
