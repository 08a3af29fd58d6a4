/** Section 5.3.1 to 5.3.4: a value type is its byte in the binary format; zero stands for one that is not known. */
export const unknownType = 0;
export const i32Type = 0x7f;
export const i64Type = 0x7e;
export const f32Type = 0x7d;
export const f64Type = 0x7c;
export const functionReferenceType = 0x70;
const externalReferenceType = 0x6f;
export const emptyBlockType = 0x40;

export type ValueType = "i32" | "i64" | "f32" | "f64" | "funcref" | "externref";

const typeByName = {
  i32: i32Type,
  i64: i64Type,
  f32: f32Type,
  f64: f64Type,
  funcref: functionReferenceType,
  externref: externalReferenceType,
} as const satisfies Record<ValueType, number>;

export function typeOfName(name: ValueType): number {
  return typeByName[name];
}

export function isFloat(type: number): boolean {
  return type === f32Type || type === f64Type;
}

export function isReference(type: number): boolean {
  return type === functionReferenceType || type === externalReferenceType;
}

export function isValueType(type: number): boolean {
  return (type >= f64Type && type <= i32Type) || isReference(type);
}
