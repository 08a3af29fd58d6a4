import { blockNumOf } from "@kith/protocol/ids";
import { z } from "zod";

/** Parameters that several routes take. */

export const wholeNumber = (max: number) =>
  z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,15})$/, "a whole number")
    .transform(Number)
    .refine((number) => number <= max, `at most ${max}`);

export const blockNum = wholeNumber(0xffff_ffff).transform(blockNumOf);
