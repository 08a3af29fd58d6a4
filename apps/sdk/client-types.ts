/**
 * What generated clients need beside the types of services: floating-point numbers, packed values in packed values, and
 * types that contain themselves. Services have no use for the first.
 */
export { f32, f64, nested } from "@kith/protocol/fracpack";
export { lazy } from "@kith/protocol/lazy-codec";
