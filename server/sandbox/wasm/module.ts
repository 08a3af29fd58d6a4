/** Types are bytes of the binary format: see value-types.ts. */
export type FunctionType = { readonly params: Uint8Array; readonly results: Uint8Array };

type Section = {
  readonly id: number;
  /** Offsets of the first entry, behind the count, and of the section's end. */
  readonly entries: number;
  readonly end: number;
  readonly count: number;
};

/** Minimum and maximum, with the place in the bytes that they were read from. */
export type Limits = {
  readonly minimum: number;
  readonly maximum: number | undefined;
  readonly start: number;
  readonly end: number;
};

export type ExternalKind = "function" | "table" | "memory" | "global";

type Import = {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternalKind;
  /** In the index space of its kind. */
  readonly index: number;
  readonly offset: number;
};

type Export = {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
};

export type Table = {
  readonly type: number;
  readonly limits: Limits;
  readonly imported: boolean;
};

export type Memory = {
  readonly limits: Limits;
  readonly imported: boolean;
};

export type Global = {
  readonly type: number;
  readonly mutable: boolean;
  readonly imported: boolean;
};

export type Body = {
  /** Of the vector of local groups. */
  readonly localsStart: number;
  readonly codeStart: number;
  readonly end: number;
  /** Type of each parameter and local. */
  readonly locals: Uint8Array;
};

/** Everything about a module but its instructions, with the places where its sections lie. */
export type Module = {
  readonly bytes: Uint8Array;
  readonly sections: Section[];
  readonly types: FunctionType[];
  readonly imports: Import[];
  /** The type index of each function. */
  readonly functions: number[];
  importedFunctions: number;
  readonly tables: Table[];
  memory: Memory | undefined;
  readonly globals: Global[];
  readonly exports: Export[];
  start: number | undefined;
  /** Reference type of each element segment. */
  readonly elementTypes: number[];
  /** From the data count section; code may name data segments only when there is one (section 5.5.16). */
  dataCount: number | undefined;
  /** Functions whose reference exists outside of code (section 3.4.10: "refs"). */
  readonly declaredFunctions: Set<number>;
  readonly bodies: Body[];
};
