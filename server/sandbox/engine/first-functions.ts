/**
 * The engine's functions that plugins ordinarily call: a bit for each, by its place in the code, as base64. `bun test/plugins/record-functions.ts` found
 * them, and finds them again when the engine is another one.
 */
export const firstFunctions =
  "b///6j3/X//v+/ve3/33t3387sPef7+X//i//f//77zjdP3/l7k/u2a/1I2F+t1/9ZpDb3/9qPfx7Y+PhN9CU/j/91dy/zC8I///75/397rBAUv3BY6AAAD97P//7sfV/xHYpslwQGAGzr7vJ+c2Xe0AAIgQAABAxphzXwAKBQAAhEvCHegCQgoYIAAsQDGAITQVCMASBIIAAACQq6sxqwEpX+8WAAgCYAdIOGIM";
