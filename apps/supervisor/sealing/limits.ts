/** Of HPKE's encapsulated key, and of any X25519 public key. */
export const encapsulatedBytes = 32;
/** What is sealed is longer by the encapsulated key and the cipher's tag. */
export const sealedBytesMin: number = encapsulatedBytes + 16;
