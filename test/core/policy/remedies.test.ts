// What people write in place of the language, and what the fault tells them to write. Each is one fault: nothing echoes behind it.
import { describe, expect, test } from 'vitest'
import { parseStatement } from '../../../src/core/policy/parse.ts'

describe('A1 a mistake that is often made is told with its remedy', () => {
  test.for([
    // how it begins
    ['alow group A to read users in tenancy', 1, 'write `allow`'],
    ["'Allow group A to read users in tenancy'", 1, 'remove the quotes around the statement'],
    // who
    ['Allow admins to read users in tenancy', 7, 'write `group admins`'],
    ['Allow groups A to read users in tenancy', 7, 'write `group`'],
    ['Allow dynamicgroup A to read users in tenancy', 7, 'write `dynamic-group`'],
    ['Allow any user to read users in tenancy', 7, 'write `any-user`'],
    ['Allow any groups to read users in tenancy', 7, 'write `any-group`'],
    [
      'Allow user kim to read users in tenancy',
      7,
      "write `group NAME`, or `any-user` and `where request.user.name = '…'`",
    ],
    ['Allow group A and B to read users in tenancy', 15, 'part names with `,`'],
    ['Allow group A or B to read users in tenancy', 15, 'part names with `,`'],
    ['Allow group A of tenancy X to read users in tenancy', 15, 'begin with `Admit`, for a subject of another tenancy'],
    // what
    ['Allow group A read users in tenancy', 15, 'add `to`'],
    ['Admit group A of tenancy X read users in tenancy', 28, 'add `to`'],
    ['Admit group A of tenancy to read users in tenancy', 26, undefined],
    ['Deny group A from managing users in tenancy', 14, 'write `to`'],
    ['Allow group A to mange users in tenancy', 18, 'write `manage`'],
    ['Allow group A to delete users in tenancy', 18, 'write `manage`, or its permissions in braces'],
    ['Allow group A to view users in tenancy', 18, 'write `read`, or its permissions in braces'],
    ['Allow group A to USER_READ in tenancy', 18, 'write `{USER_READ}`'],
    ['Allow group A to use {USER_READ} in tenancy', 22, 'leave out the verb before `{`'],
    ['Allow group A to read, use users in tenancy', 22, 'name the highest of the verbs alone'],
    ['Allow group A to read/write users in tenancy', 22, 'name the highest of the verbs alone'],
    ['Allow group A to read users and groups in tenancy', 29, 'write one statement for each'],
    // where
    ['Allow group A to read users tenancy', 29, 'add `in`'],
    ['Allow group A to {USER_READ} compartment Prod', 30, 'add `in`'],
    ['Endorse group A to read users any-tenancy', 31, 'add `in`'],
    ['Allow group A to read users in the tenancy', 32, 'remove `the`'],
    ['Allow group A to read users in tenancy.', 32, 'write `in tenancy`'],
    ['Allow group A to read users in root', 32, 'write `in tenancy`'],
    ['Allow group A to read users in any-tenancy', 32, 'write `in tenancy`'],
    ['Allow group A to read users in compartmet Prod', 32, 'write `in compartment`'],
    ['Allow group A to read users in bucket Prod', 32, 'add `in tenancy` or `in compartment NAME`'],
    ['Allow group A to read users in compartment My Prod', 47, 'put a name with spaces in single quotes'],
    ['Allow group A to read users in compartment A/B', 45, 'part the compartments of a path with `:`'],
    ['Allow group A to read users in compartment A, B', 45, 'write one statement for each compartment'],
    // under which condition
    ["Allow group A to read users in tenancy when a.b = 'c'", 40, 'write `where`'],
    ["Allow group A to read users in tenancy where a.b is 'c'", 50, 'write `=`'],
    ["Allow group A to read users in tenancy where a.b not 'c'", 50, 'write `!=`'],
    ["Allow group A to read users in tenancy where a.b <> 'c'", 50, 'write `!=`'],
    [
      "Allow group A to read users in tenancy where request.utc-timestamp >= '2030-01-01Z'",
      68,
      'write `=` or `!=`; times are compared with `before` and `after`',
    ],
    [
      "Allow group A to read users in tenancy where a.b contains 'c'",
      50,
      'write `=` and a pattern: `/x*/`, `/*x/` or `/*x*/`',
    ],
    ["Allow group A to read users in tenancy where 'c' = a.b", 46, 'write the variable first, then the value'],
    ["Allow group A to read users in tenancy where not a.b = 'c'", 46, 'write `a.b != …` or `… not in (…)`'],
    ["Allow group A to read users in tenancy where not any { a.b = 'c' }", 46, 'turn its conditions round one by one'],
    ["Allow group A to read users in tenancy where a.b in 'c', 'd'", 53, "write `('a', 'b')`"],
    ["Allow group A to read users in tenancy where any { a.b in ('c', 'd' }", 69, 'add `)`'],
    [
      'Allow group A to read users in tenancy where request.utc-timestamp before 2030-01-01',
      75,
      "write `'2030-01-01'`",
    ],
  ] as const)('%s', ([text, column, fix]) => {
    const { statement, faults } = parseStatement(text)
    expect(statement).toBeUndefined()
    expect(faults.map((f) => [f.line, f.column, f.fix])).toEqual([[1, column, fix]])
  })
})
