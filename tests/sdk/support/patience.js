// Nothing here sleeps: everything waits for something to happen, and for so long at most.

/** How long a test waits for one thing, in milliseconds. */
export const PATIENCE = 20_000;

/** `promise`, or an error that says what did not happen. `describe` may add what did instead. */
export function within(milliseconds, promise, what, describe = () => '') {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what}: nothing in ${milliseconds} ms${describe()}`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
