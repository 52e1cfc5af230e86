// The shipped catalogue is whole, and a broken one says where.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCatalogue, readCatalogue } from '../../../src/adapters/yaml/catalogue-file.ts'

const shipped = readCatalogue(join(import.meta.dirname, '../../../config/catalogue'))

describe('A9 the shipped catalogue', () => {
  test('has no fault', () => expect(shipped).not.toHaveProperty('faults'))
  test.for([
    ['reports', 'finance-family'],
    ['payslips', 'finance-family'],
    ['deployments', 'devops-family'],
    ['objects', 'object-family'],
    ['instances', 'instance-family'],
    ['vcns', 'virtual-network-family'],
    ['vcns', 'network-family'],
    ['users', 'identity-family'],
  ] as const)('%s belongs to %s', ([type, family]) => {
    if ('faults' in shipped) throw new Error('faults')
    const { types, families } = shipped.catalogue
    expect(families.get(family)).toContain(types.get(type)?.index)
  })
  test('operations of a sample application, and what they need', () => {
    if ('faults' in shipped) throw new Error('faults')
    const reports = shipped.catalogue.types.get('reports')
    expect(reports?.operations.get('getreport')?.permissions.map((p) => [p.name, p.level])).toEqual([
      ['REPORT_READ', 1],
    ])
    expect(reports?.verbs.read.permissions.map((p) => p.name)).toEqual(['REPORT_INSPECT', 'REPORT_READ'])
    expect([...(reports?.variables ?? [])]).toContain('target.report.owner')
  })
  test('both spellings of a region', () => {
    if ('faults' in shipped) throw new Error('faults')
    expect(shipped.catalogue.regions.get('gru')).toBe('sa-saopaulo-1')
  })
})

describe('A9 faults name file, line and column, all at once', () => {
  const faults = (text: string, more = ''): readonly string[] => {
    const read = parseCatalogue([{ name: 'a.yaml', text }, ...(more === '' ? [] : [{ name: 'b.yaml', text: more }])])
    return 'faults' in read ? read.faults.map((f) => `${f.where} ${f.message}`) : []
  }
  test('of shape', () => {
    expect(
      faults('services:\n  s:\n    types:\n      t: { noun: T, permissions: { frob: [A] } }\nfamilys: {}\n'),
    ).toEqual([
      'a.yaml:4:18 `services.s.types.t.noun` must be lower-case letters, digits and `-`',
      expect.stringMatching(/^a\.yaml:4:36 unknown key `services\.s\.types\.t\.permissions\.frob`/),
      expect.stringMatching(/^a\.yaml:5:1 unknown key `familys`/),
    ])
  })
  test('of meaning, across files', () => {
    const one =
      'services:\n  s:\n    types:\n      things:\n        noun: thing\n        permissions:\n          read: [A]\n'
    expect(faults(one, 'families:\n  f: [things, nothings]\n')).toEqual([
      'b.yaml:2:15 family `f` names `nothings`, which is neither a resource-type nor a family',
    ])
    expect(faults(`${one}          manage: [B, A]\n`)).toEqual([
      'a.yaml:8:23 permission `A` is already held at another level; a permission has one type and one level',
    ])
    expect(faults(one, 'families:\n  f: [things]\n')).toEqual([])
  })
  test('of a folder that is not there', () => {
    expect(readCatalogue('/nowhere/at/all')).toEqual({
      faults: [{ where: '/nowhere/at/all', message: 'cannot be read (ENOENT)' }],
    })
  })
})
