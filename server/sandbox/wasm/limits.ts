/** What a module may have at most. All hosts allow more than these, so that none of them decides. */
export type ModuleLimits = {
  readonly moduleBytesMax: number;
  readonly typesMax: number;
  /** Of one function type. */
  readonly paramsMax: number;
  readonly resultsMax: number;
  readonly importsMax: number;
  /** Imported ones included, as for tables and globals. */
  readonly functionsMax: number;
  readonly tablesMax: number;
  /** Of one table, at any time. */
  readonly tableElementsMax: number;
  readonly globalsMax: number;
  readonly exportsMax: number;
  /** UTF-8 bytes of one name of an import or an export. */
  readonly nameBytesMax: number;
  readonly elementSegmentsMax: number;
  /** Of one element segment. */
  readonly elementsMax: number;
  readonly dataSegmentsMax: number;
  readonly bodyBytesMax: number;
  /** Of one function, its parameters included. */
  readonly localsMax: number;
  /** Labels of one br_table. */
  readonly branchTableMax: number;
  /** Blocks within blocks of one function. */
  readonly nestingMax: number;
};

/** For modules that people upload; the engine stays within the same. */
export const moduleLimits: ModuleLimits = {
  moduleBytesMax: 1024 * 1024,
  typesMax: 1_000,
  paramsMax: 64,
  resultsMax: 16,
  importsMax: 256,
  functionsMax: 10_000,
  tablesMax: 4,
  tableElementsMax: 16_384,
  globalsMax: 1_000,
  exportsMax: 1_000,
  nameBytesMax: 128,
  elementSegmentsMax: 1_000,
  elementsMax: 16_384,
  dataSegmentsMax: 1_000,
  bodyBytesMax: 128 * 1024,
  localsMax: 1_000,
  branchTableMax: 4_096,
  nestingMax: 1_000,
};

/** What the format itself can address (section 3.2.5). */
export const addressablePages = 65_536;
export const pageBytes = 65_536;
