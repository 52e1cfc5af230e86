// The embedded store keeps the promises of the port, on disk and in memory.
import { describe } from 'vitest'
import { conforms } from './conformance.ts'
import { testFileStore, testStore } from './open-test-store.ts'

describe('a file', () => conforms(testFileStore))
describe('in memory', () =>
  conforms(testStore, {
    'a read sees one view, whatever is written meanwhile': 'it has one connection, so the write waits for the read',
  }))
