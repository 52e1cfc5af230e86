// What each fault of a statement says: where, what was expected, what came, and what to write instead. All of them, not the first.
import { describe, expect, test } from 'vitest'
import { lineOf } from '../../../src/core/policy/fault.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'

const hole = `$${'{var.name}'}`

describe('A1 every fault of a statement is reported, with its place and what to write', () => {
  test.for([
    ['', ['1:1 expected a statement, found the end']],
    [
      'group A to read users in tenancy',
      ['1:1 expected `allow`, `deny`, `endorse`, `admit` or `define`, found `group`; begin with `Allow` or `Deny`'],
    ],
    [
      'Allow group A to read users',
      ['1:28 expected where it holds, found the end; add `in tenancy` or `in compartment NAME`'],
    ],
    [
      "Allow group A to read users where request.region = 'iad'",
      ['1:29 expected where it holds, found `where`; add `in tenancy` or `in compartment NAME`'],
    ],
    [
      'Allow group A to read users in Prod',
      ['1:32 expected `tenancy` or `compartment`, found `Prod`; write `in compartment Prod`'],
    ],
    ['Allow group to read users in tenancy', ['1:13 expected the name of a group, found `to`']],
    [
      'Allow group Dev Ops to read users in tenancy',
      ['1:17 expected `to`, found `Ops`; put a name with spaces in single quotes'],
    ],
    [
      'Allow group A, group B to read users in tenancy',
      [
        '1:16 `group` is said once for the whole list, and a statement has one kind of subject; write `group A, B`, or a second statement',
      ],
    ],
    [
      'Allow group 관리자 to read users in tenancy',
      ["1:13 `관리자` holds characters that need quotes; write `'관리자'`"],
    ],
    ['Allow group go-on=oci to read users in tenancy', ['1:18 expected `to`, found `=`; add `to`']],
    ['Allow group A to frob users in tenancy', ['1:18 expected `inspect`, `read`, `use` or `manage`, found `frob`']],
    [
      'Allow group A to access users in tenancy',
      ['1:18 expected `inspect`, `read`, `use` or `manage`, found `access`'],
    ],
    [
      'Allow group A to read users, groups in tenancy',
      ['1:28 a statement names one resource-type; write one statement for each'],
    ],
    [
      'Allow group A to manage all resources in tenancy',
      ['1:29 expected `in`, found `resources`; write `all-resources`'],
    ],
    [
      'Allow group A to associate subnets in tenancy',
      ['1:28 `associate` joins resources of two tenancies; use it in Endorse and Admit only'],
    ],
    ['Allow group A to {} in tenancy', ['1:19 expected a permission such as `USER_READ`, found `}`']],
    ['Allow group A to {USER_READ in tenancy', ['1:29 expected `,` or `}`, found `in`; add `}`']],
    [
      'Allow group A to read users in tenancy where any {}',
      ['1:51 expected a condition, found `}`; put one in, or remove the group'],
    ],
    [
      "Allow group A to read users in tenancy where all {a.b = 'c',}",
      ['1:61 expected a condition after `,`, found `}`; remove the last `,`'],
    ],
    [
      "Allow group A to read users in tenancy where all {a.b = 'c' d.e = 'f'}",
      ['1:61 expected `,` between conditions, found `d.e`; add `,`'],
    ],
    ["Allow group A to read users in tenancy where all {a.b = 'c'", ['1:60 expected `}`, found the end; add `}`']],
    [
      "Allow group A to read users in tenancy where a.b = 'c'}",
      ['1:55 expected `where` or the end of the statement, found `}`; remove `}`'],
    ],
    [
      "Allow group A to read users in tenancy where a.b = 'c' and d.e = 'f'",
      ['1:56 `and` does not join conditions; write `all { …, … }`'],
    ],
    [
      "Allow group A to read users in tenancy where a.b = 'c' OR d.e = 'f'",
      ['1:56 `OR` does not join conditions; write `any { …, … }`'],
    ],
    [
      "Allow group A to read users in tenancy where any(a.b = 'c')",
      ['1:49 conditions are grouped with braces; write `any { … }`'],
    ],
    [
      "Allow group A to read users in tenancy where { a.b = 'c' }",
      ['1:46 expected `any` or `all` before `{`; write `all { … }` or `any { … }`'],
    ],
    [
      "Allow group A to read users in tenancy where a.b = 'c' where d.e = 'f'",
      ['1:56 a statement has one `where`; write `where all { …, … }`'],
    ],
    [
      'Allow group A to read users in tenancy where',
      ['1:45 expected a condition after `where`, found the end; add one, or leave out `where`'],
    ],
    [
      'Allow group A to read users in tenancy where a.b = ‘c’',
      ["1:52 expected a straight single quote, found `‘`; write `'c'`"],
    ],
    [
      'Allow group A to read users in tenancy where a.b = "c"',
      ["1:52 expected a straight single quote, found `\"`; write `'c'`"],
    ],
    ["Allow group 'A to read users in tenancy", ["1:13 a quote is opened here and never closed; add the closing `'`"]],
    [
      'Allow group A to read users in tenancy where a.b = /c',
      ['1:52 a pattern is opened here and never closed; add the closing `/`'],
    ],
    ["Allow group A to read users in tenancy where a.b == 'c'", ['1:50 expected `=`, found `==`; write `=`']],
    [
      "Allow group A to read users in tenancy where a.b like 'c'",
      ['1:50 expected `=`, `!=`, `in`, `not in`, `before`, `after` or `between`, found `like`; write `=`'],
    ],
    [
      'Allow group A to read users in tenancy # everybody',
      ['1:40 the language has no comments; say it in the description of the policy'],
    ],
    [
      'Allow group A to read users in tenancy // everybody',
      ['1:40 the language has no comments; say it in the description of the policy'],
    ],
    [
      `Allow group <group> to read users in compartment ${hole}`,
      [
        '1:13 `<group>` is a placeholder; put the real name in its place',
        `1:50 \`${hole}\` is a placeholder; put the real name in its place`,
      ],
    ],
    [
      'Allow group A to read users in tenancy\nAllow group B to read users in tenancy',
      ['2:1 another statement begins at `Allow`; give every statement an entry of its own'],
    ],
    [
      'Deny group P to manage network-family in compartment X P to manage policies in compartment X',
      ['1:56 expected `where` or the end of the statement, found `P`'],
    ],
    ['Allow group id to read users in tenancy', ['1:16 expected an id, found `to`']],
    ["Allow group A to read users in compartment id where a.b = 'c'", ['1:47 expected an id, found `where`']],
    ["Allow group '' to read users in tenancy", ['1:13 a name has at least one character']],
    [
      'Allow group A to read users in tenancy where target.object.name = /logs/2030/*/',
      ['1:67 a slash inside a pattern is escaped; write `/logs\\/2030\\/*/`'],
    ],
    ['Allow group A to\u200b read users in tenancy', ['1:17 `U+200B` is not part of the language; remove it']],
    [
      'Allow group A to read users in tenancy Allow group to read users',
      [
        '1:40 another statement begins at `Allow`; give every statement an entry of its own',
        '1:52 expected the name of a group, found `to`',
        '1:65 expected where it holds, found the end; add `in tenancy` or `in compartment NAME`',
      ],
    ],
    // several at once: a fault in one part does not hide those in the next
    [
      'Allow group to frob users\nwhere all { a.b ~ 1, c.d = }',
      [
        '1:13 expected the name of a group, found `to`',
        '1:16 expected `inspect`, `read`, `use` or `manage`, found `frob`',
        '2:1 expected where it holds, found `where`; add `in tenancy` or `in compartment NAME`',
        '2:17 `~` is not part of the language; remove it',
        '2:19 expected `=`, `!=`, `in`, `not in`, `before`, `after` or `between`, found `1`',
        '2:28 expected a value in single quotes, found `}`',
      ],
    ],
  ] as const)('%s', ([written, lines]) => {
    const { statement, faults } = parseStatement(written)
    expect(faults.map(lineOf)).toEqual(lines)
    expect(statement).toBeUndefined()
  })
})
