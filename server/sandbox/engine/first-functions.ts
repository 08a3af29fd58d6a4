/**
 * The engine's functions that plugins ordinarily call: a bit for each, by its place in the code, as base64. `bun test/plugins/record-functions.ts` found
 * them, and finds them again when the engine is another one.
 */
export const firstFunctions =
  "b///6j3/X//m+/ve3/33t3387sPef76X//i//f//77zjdP3/l7k/u2Y/1I2F+t1/9ZpDa3/9qPfx7Y+PhN9CU/j/91dy/zC8I///75/397rBAUv3BY6AAADd7P//7sfV/xHYpslwQGAGzr7vJ+c2Ve0AAIgQAABAxphzSwAKBQAAhEvCHegCQgoYIAAsQDGAITQVCMASBIIAAACQq6sxqwEpX+8WAAgCYAdIOGIM";
