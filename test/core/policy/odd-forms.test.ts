// Forms that policies in the wild really have, and text that looks like a statement and is none.
import { describe, expect, test } from 'vitest'
import { lineOf } from '../../../src/core/policy/fault.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import { printStatement } from '../../../src/core/policy/print.ts'

const read = 'Allow group A to read users in tenancy'

describe('A1 A3 odd, and right', () => {
  test.each<[string, string, string]>([
    [
      'a guard of many `!=`, without spaces',
      'allow group Reviewers to use ons-family in tenancy where any {request.operation!=/Create*/, request.operation!=/Update*/,request.operation!=/Delete*/}',
      'Allow group Reviewers to use ons-family in tenancy where any { request.operation != /Create*/, request.operation != /Update*/, request.operation != /Delete*/ }',
    ],
    [
      'a pattern with two stars after `!=` and a space',
      "allow group A to manage keys in tenancy where all {request.user.mfaTotpVerified='true', request.permission != /*DELETE*/ }",
      "Allow group A to manage keys in tenancy where all { request.user.mfaTotpVerified = 'true', request.permission != /*DELETE*/ }",
    ],
    [
      'a tag that is there, and a tag like another one',
      "allow any-user to read all-resources in compartment C where all{request.principal.group.tag.ns.infra-admin = '*', target.resource.compartment.tag.ns.proj-admin = request.principal.group.tag.ns.proj-admin}",
      "Allow any-user to read all-resources in compartment C where all { request.principal.group.tag.ns.infra-admin = '*', target.resource.compartment.tag.ns.proj-admin = request.principal.group.tag.ns.proj-admin }",
    ],
    [
      'sets of a quoted domain',
      "allow group 'id_dom'/'grp' to use security-lists in compartment C where sets-intersect( target.resource.compartment.tag.ns.k , ( 'net' ) )",
      "Allow group id_dom/grp to use security-lists in compartment C where sets-intersect(target.resource.compartment.tag.ns.k, ('net'))",
    ],
    [
      'three levels of groups',
      "allow any-user to use load-balancers in tenancy where all { request.principal.type = 'cluster', request.region='iad', any { request.permission='A', request.permission='B', all { request.principal.compartment.tag.ns.X = target.resource.tag.ns.X, request.permission != 'C' } } }",
      "Allow any-user to use load-balancers in tenancy where all { request.principal.type = 'cluster', request.region = 'iad', any { request.permission = 'A', request.permission = 'B', all { request.principal.compartment.tag.ns.X = target.resource.tag.ns.X, request.permission != 'C' } } }",
    ],
    [
      'services in a list with every kind of comma',
      "Allow service blockstorage,FssOc1Prod , OKE ,streaming, objectstorage-us-ashburn-1 to use keys in compartment id ocid1.c where target.key.id = 'k'",
      "Allow service blockstorage, FssOc1Prod, OKE, streaming, objectstorage-us-ashburn-1 to use keys in compartment id ocid1.c where target.key.id = 'k'",
    ],
    [
      'capitals all over',
      'ENDORSE any-user TO MANAGE certificate-authority-family IN any-tenancy',
      'Endorse any-user to manage certificate-authority-family in any-tenancy',
    ],
    [
      'an Admit in front of which Allow is said',
      "ALLOW admit group Them OF tenancy There {OBJECT_READ} IN compartment A:'B C' WHERE ANY{!request.gateway.id}",
      "Admit group Them of tenancy There to {OBJECT_READ} in compartment A:'B C' where any { not request.gateway.id }",
    ],
    [
      'an acting resource whose words end at `of`',
      'admit resource worker Kind of tenancy There to read objects in tenancy',
      'Admit resource worker Kind of tenancy There to read objects in tenancy',
    ],
    [
      'a variable on the right, and one `=` without a space before it',
      "allow any-user to use fn-invocation in compartment C where ALL {request.principal.type= 'ApiGateway', target.leaf-certificate.name=request.principal.id}",
      "Allow any-user to use fn-invocation in compartment C where all { request.principal.type = 'ApiGateway', target.leaf-certificate.name = request.principal.id }",
    ],
    [
      'no-break spaces and tabs, as pasted from a page',
      'Allow\u00a0group\u00a0A\tto\u2003read users\r\n  in\u00a0tenancy',
      'Allow group A to read users in tenancy',
    ],
    [
      'names that would be keywords',
      "Allow group 'group', 'any-user' to read users in compartment 'tenancy':'where'",
      "Allow group 'group', 'any-user' to read users in compartment 'tenancy':'where'",
    ],
    [
      'a group that is called `id`',
      "Allow group 'id', id ocid1.group.oc1..a to read users in compartment 'id'",
      "Allow group 'id', id ocid1.group.oc1..a to read users in compartment 'id'",
    ],
    [
      'what templates make of quoted names',
      `Allow group '$${'{local.group}'}' to read users in compartment '%s'`,
      `Allow group '$${'{local.group}'}' to read users in compartment '%s'`,
    ],
  ])('%s', (_, written, printed) => {
    const { statement, faults } = parseStatement(written)
    expect(faults.map(lineOf)).toEqual([])
    expect(statement && printStatement(statement)).toBe(printed)
    expect(
      parseStatement(printed).statement && printStatement(parseStatement(printed).statement ?? (statement as never)),
    ).toBe(printed)
  })
})

describe('A1 looks like one, and is none', () => {
  test.each<[string, string, string]>([
    [
      'a choice, as manuals write it',
      'Allow group A to read users in [ tenancy | compartment C ]',
      'character-unexpected',
    ],
    ['a comma that is missing', `${read} where all {request.region = 'iad' request.permission = 'X'}`, 'comma-missing'],
    ['no name', 'Allow group to read users in tenancy', 'name-missing'],
    ['prose behind it', `${read} so that everybody can see everybody`, 'trailing-text'],
    ['a full stop', `${read}.`, 'location-malformed'],
    ['a semicolon', `${read};`, 'character-unexpected'],
    ['code around it', `"${read}",`, 'double-quotes'],
    ['code inside it', 'Allow group " + var.group + " to read users in tenancy', 'double-quotes'],
    ['a template in a bare name', `Allow group $${'{local.group}'} to read users in tenancy`, 'placeholder'],
    ['another template', 'Allow group {{ group }} to read users in tenancy', 'placeholder'],
    ['yet another', 'Allow group %s to read users in tenancy', 'character-unexpected'],
    ['an ellipsis', `${read} where all {request.region = 'iad', …}`, 'character-unexpected'],
    ['a shell’s quotes', `${read} where request.region = \\'iad\\'`, 'character-unexpected'],
    ['parentheses', `${read} where any(request.region = 'iad')`, 'parentheses'],
    ['a group without its word', `${read} where { request.region = 'iad' }`, 'group-kind-missing'],
    ['a second condition', `${read} where request.region = 'iad' where request.ad = 'x'`, 'second-where'],
    ['an empty group', `${read} where any { }`, 'group-empty'],
    ['one brace too many', `${read} where any { request.region = 'iad' }}`, 'trailing-text'],
    ['one brace too few', `${read} where any { all { request.region = 'iad' }`, 'brace-unclosed'],
    ['two types', 'Allow group A to read users, groups in tenancy', 'several-resource-types'],
    ['two kinds of subject', 'Allow group A, dynamic-group B to read users in tenancy', 'subject-repeated'],
    ['a comment in a block', `${read} /* everybody */`, 'comment'],
    ['an invisible character', 'Allow group A\u200b to read users in tenancy', 'character-unexpected'],
    ['a letter of another alphabet in a keyword', 'Аllow group A to read users in tenancy', 'name-needs-quotes'],
  ])('%s', (_, text, code) => {
    const { statement, faults } = parseStatement(text)
    expect(statement).toBeUndefined()
    expect(faults.map((f) => f.code)).toContain(code)
    for (const { line, column } of faults)
      expect([line, column >= 1, column <= text.length + 1]).toEqual([1, true, true])
  })
})

describe('Admit joins what is here with what is elsewhere', () => {
  test.for([
    'Admit group Ops of tenancy Buyer to associate local-peering-gateways in tenancy Buyer with local-peering-gateways in compartment Net',
    'Admit any-user of tenancy Buyer to associate subnets in compartment A:B of tenancy Buyer with vnics in tenancy',
    'Deny admit any-user of any-tenancy to associate subnets in any-tenancy with vnics in compartment id ocid1.compartment.a',
  ])('A7 %s', (text) => {
    const { statement, faults } = parseStatement(text)
    expect(faults).toEqual([])
    if (!statement) throw new Error('no statement')
    expect(printStatement(parseStatement(printStatement(statement)).statement ?? statement)).toBe(
      printStatement(statement),
    )
  })
  test('A7 any other Admit is about here', () => {
    expect(parseStatement('Admit group Ops of tenancy Buyer to manage vcns in tenancy Buyer').faults).toHaveLength(1)
  })
})
