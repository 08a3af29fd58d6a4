/** Bytes that are no module of the core specification 2.0: binary format (chapter 5) or validation (chapter 3). */
export type MalformedCode =
  | "wasm-unexpected-end"
  | "wasm-bad-header"
  | "wasm-integer-too-long"
  | "wasm-count-exceeds-bytes"
  | "wasm-name-not-utf8"
  | "wasm-unknown-section"
  | "wasm-section-order"
  | "wasm-section-size"
  | "wasm-unknown-type-form"
  | "wasm-unknown-value-type"
  | "wasm-unknown-kind"
  | "wasm-bad-limits"
  | "wasm-bad-mutability"
  | "wasm-bad-constant-expression"
  | "wasm-unknown-segment-form"
  | "wasm-function-count-mismatch"
  | "wasm-data-count-mismatch"
  | "wasm-data-count-missing"
  | "wasm-body-size"
  | "wasm-else-without-if"
  | "wasm-unknown-instruction"
  | "wasm-reserved-byte"
  | "wasm-unknown-type"
  | "wasm-unknown-function"
  | "wasm-unknown-table"
  | "wasm-unknown-memory"
  | "wasm-unknown-global"
  | "wasm-unknown-local"
  | "wasm-unknown-label"
  | "wasm-unknown-element-segment"
  | "wasm-unknown-data-segment"
  | "wasm-type-mismatch"
  | "wasm-global-immutable"
  | "wasm-alignment-too-large"
  | "wasm-function-not-declared"
  | "wasm-export-twice"
  | "wasm-bad-start-function"
  | "wasm-host-refuses-input"
  | "wasm-host-refuses-output";

/** Valid or not, it needs something that no service gets. */
export type RefusedCode =
  | "wasm-floats-refused"
  | "wasm-threads-refused"
  | "wasm-simd-refused"
  | "wasm-exceptions-refused"
  | "wasm-tail-calls-refused"
  | "wasm-garbage-collection-refused"
  | "wasm-memory64-refused"
  | "wasm-memories-refused"
  | "wasm-start-refused"
  | "wasm-data-offset-refused"
  | "wasm-data-out-of-bounds";

/** More of something than `ModuleLimits` allows. */
export type LimitCode =
  | "wasm-module-too-large"
  | "wasm-too-many-types"
  | "wasm-too-many-params"
  | "wasm-too-many-results"
  | "wasm-too-many-imports"
  | "wasm-too-many-functions"
  | "wasm-too-many-tables"
  | "wasm-table-too-large"
  | "wasm-memory-too-large"
  | "wasm-too-many-globals"
  | "wasm-too-many-exports"
  | "wasm-name-too-long"
  | "wasm-too-many-element-segments"
  | "wasm-too-many-elements"
  | "wasm-too-many-data-segments"
  | "wasm-body-too-large"
  | "wasm-too-many-locals"
  | "wasm-branch-table-too-large"
  | "wasm-nesting-too-deep";

/** `offset` counts from the start of the module. */
export type WasmError =
  | { readonly code: MalformedCode | RefusedCode; readonly offset: number }
  | {
      readonly code: LimitCode;
      readonly offset: number;
      readonly value: number;
      readonly valueMax: number;
    }
  | {
      readonly code: "wasm-import-refused";
      readonly offset: number;
      readonly module: string;
      readonly name: string;
    }
  | {
      readonly code: "wasm-export-missing" | "wasm-export-reserved";
      readonly offset: number;
      readonly name: string;
    };
