/** What `connect` costs those who ask for nothing more. The parts that load when they are asked for come on top. */
export default [
  {
    name: 'connect',
    path: 'src/index.ts',
    import: '{ connect }',
    ignore: ['./debug-log.ts', './prefetch.ts', './renew.ts'],
    gzip: true,
    limit: '4.5 kB',
    modifyEsbuildConfig: (config) => ({ ...config, format: 'esm' }),
  },
];
