// What a report's page has beside its script: functions of src/charts/numbers.ts and src/report/study-columns.ts, put before it.

declare const isCollapsed: typeof import('../../src/limits/stationary-variance.js').isCollapsed;
declare const numberText: typeof import('../../src/charts/numbers.js').numberText;
declare const rangeEnds: typeof import('../../src/charts/numbers.js').rangeEnds;
declare const withError: typeof import('../../src/charts/numbers.js').withError;
declare const studyOfColumns: typeof import('../../src/report/study-columns.js').studyOfColumns;
