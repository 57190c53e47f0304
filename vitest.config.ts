import { defineConfig } from 'vitest/config';

// Tests that measure time, or memory that others take from; they run after the others, one file at a time, on an otherwise idle machine.
const measuring = 'test/timing/**/*.test.ts';

export default defineConfig({
  test: {
    // A crash in C++ then kills one child process, not the runner.
    pool: 'forks',
    // The linter's rule against focused tests takes our `fit` for Jasmine's.
    allowOnly: false,
    // Tests are deterministic: one that passes only on a second try is a defect.
    retry: 0,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // Vitest would leave one processor to itself: half of the machine, where there are two.
    maxWorkers: '100%',
    execArgv: ['--expose-gc'],
    projects: [
      {
        extends: true,
        test: {
          name: 'main',
          include: ['test/**/*.test.ts'],
          exclude: [measuring, '**/node_modules/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'timing', include: [measuring], fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
