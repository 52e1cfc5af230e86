// The promises of ports/store.ts, runnable against any store. Each part of the port has its file in promises/.
import { describe } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { accessPromises } from './promises/access.ts'
import { directoryPromises } from './promises/directory.ts'
import { factorPromises } from './promises/factors.ts'
import { followingPromises } from './promises/following.ts'
import { listPromises } from './promises/lists.ts'
import { payloadPromises } from './promises/payloads.ts'
import { peoplePromises } from './promises/people.ts'
import { programPromises } from './promises/programs.ts'
import { promiseOf } from './promises/promise.ts'
import { recordPromises } from './promises/records.ts'
import { signInPromises } from './promises/sign-ins.ts'
import { signalPromises } from './promises/signals.ts'
import { sweepPromises } from './promises/sweep.ts'
import { textPromises } from './promises/text.ts'
import { transactionPromises } from './promises/transactions.ts'

export const conforms = (open: () => Promise<Store>, skip: Readonly<Record<string, string>> = {}): void => {
  const promise = promiseOf(open, skip)
  describe('transactions', () => transactionPromises(promise))
  describe('directory', () => directoryPromises(promise))
  describe('what changed', () => followingPromises(promise))
  describe('programs and roles', () => programPromises(promise))
  describe('access', () => accessPromises(promise))
  describe('people', () => peoplePromises(promise))
  describe('lists of many', () => listPromises(promise))
  describe('factors', () => factorPromises(promise))
  describe('sign-ins', () => signInPromises(promise))
  describe('payloads and single use', () => payloadPromises(promise))
  describe('records', () => recordPromises(promise))
  describe('signals', () => signalPromises(promise))
  describe('text', () => textPromises(promise))
  describe('sweep', () => sweepPromises(promise))
}
