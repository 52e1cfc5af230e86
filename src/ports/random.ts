// Randomness and ids, so that a test owns both.

export interface Random {
  /** A fresh id, 26 characters of Crockford base32, sortable by creation (ULID shape). Says nothing to an outsider; never a bearer value. */
  id(): string
  /** A bearer value: 32 random bytes, base64url. */
  token(): string
  bytes(count: number): Uint8Array
}
