// The people of these tests: names and groups that have broken software before. The same ones live in the gateway or at an upstream.
export type TestPerson = {
  readonly username: string
  readonly password: string
  readonly name: string
  readonly email: string
  readonly groups: readonly string[]
}

const person = (username: string, name: string, groups: readonly string[]): TestPerson => ({
  username,
  password: `${username}-lantern-harbour-81`,
  name,
  email: `${username}@example.test`,
  groups,
})

export const alice = person('alice', 'Alice Archer', ['staff', 'finance'])
/** Not ASCII, white space, and the characters that programs join lists with. */
export const carol = person('carol', 'Carol Ünïcode 김', ['staff', 'Grüppe mit Leerzeichen', '개발팀', 'a|b;c'])
export const dave = person('dave', 'Dave Nobody', [])
export const frank = person(
  'frank',
  "Frank O'Many & <Co>",
  Array.from({ length: 12 }, (_, i) => `g${String(i + 1).padStart(2, '0')}`),
)
export const people: readonly TestPerson[] = [alice, carol, dave, frank]

/** What an application should know about somebody: in one shape, whatever the program, groups in any order. */
export type Known = {
  readonly username: string | undefined
  readonly email: string | undefined
  readonly name: string | undefined
  readonly groups: readonly string[]
}
export const known = ({ username, email, name, groups }: Known): Known => ({
  username,
  email,
  name,
  groups: [...groups].sort(),
})
