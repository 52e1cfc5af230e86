// Password hashing. Slow on purpose: never call it inside a transaction.

export interface Hasher {
  hash(password: string): Promise<string> // argon2id PHC string
  /** Costs the same whether or not it matches; an undefined `phc` (unknown person) costs the same and refuses. */
  verify(phc: string | undefined, password: string): Promise<boolean>
  /** True when the parameters of `phc` are weaker than today's: hash again after the next success. */
  isOld(phc: string): boolean
}
