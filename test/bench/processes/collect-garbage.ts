/** For `node --expose-gc --import`: collects when it is told to by SIGUSR2, and says so. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  process.stdout.write('collected\n');
});
