// Other libraries' test suites as a second opinion: what they call invalid is refused, what they call valid is accepted or named with its
// reason in foreign-rest.ts.
import { describe, expect, test } from 'vitest'
import { anew, documents, judgeForeign, plainlyValid, present, skipped } from './foreign.ts'
import { acceptedWhenSignedAnew, rest } from './foreign-rest.ts'

const title = (text: string) => (present ? text : `${text} (${skipped})`)
const nameOf = (file: string): string => file.replace('/valid-or-config/', '/')

describe.skipIf(!present)(title('documents of other suites'), () => {
  const invalid = documents.filter((d) => d.expect === 'invalid')
  test(`every one of ${invalid.length} invalid documents is refused at its own moment, and names nobody`, async () => {
    const verdicts = await Promise.all(invalid.map(async (d) => ({ file: d.file, ...(await judgeForeign(d)) })))
    expect(verdicts.filter((v) => v.verdict !== 'refused' || v.identity !== null).map((v) => v.file)).toEqual([])
  })
  // None of the suites has an open response signed with SHA-256 whose certificate is there, as of this writing; should one come, it counts.
  const valid = documents.filter(plainlyValid)
  test(`every one of ${valid.length} plainly valid documents is accepted at its own moment`, async () => {
    const verdicts = await Promise.all(valid.map(async (d) => ({ file: d.file, ...(await judgeForeign(d)) })))
    expect(verdicts.filter((v) => v.verdict !== 'accepted').map((v) => `${v.file}: ${v.reason}`)).toEqual([])
  })
  test('the remaining ones are refused, each for the reason it is listed under', async () => {
    const remaining = documents.filter((d) => d.expect !== 'invalid' && !plainlyValid(d))
    const found = await Promise.all(remaining.map(async (d) => `${(await judgeForeign(d)).reason} ${nameOf(d.file)}`))
    const listed = Object.entries(rest).flatMap(([reason, { files }]) => files.map((file) => `${reason} ${file}`))
    expect(found.sort()).toEqual(listed.sort())
  })
  test(`${acceptedWhenSignedAnew.length} responses whose only fault is SHA-1 are accepted when signed anew`, async () => {
    const verdicts = await Promise.all(documents.map(async (d) => ({ file: nameOf(d.file), verdict: await anew(d) })))
    const accepted = verdicts.filter((v) => v.verdict?.verdict === 'accepted').map((v) => v.file)
    expect(accepted.sort()).toEqual([...acceptedWhenSignedAnew].sort())
  })
})
