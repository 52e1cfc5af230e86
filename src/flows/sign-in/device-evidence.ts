// A trusted device becomes evidence only for its owner, and only after the owner proved a first factor in this journey.
import type { Evidence } from '../../core/assurance/level.ts'
import type { PersonId } from '../../core/model/ids.ts'
import type { Journey } from '../../core/model/journey.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'

export const trustedDeviceEvidence = async (
  tx: Tx,
  journey: Pick<Journey, 'deviceHash'>,
  personId: PersonId,
  now: EpochMs,
): Promise<Evidence | undefined> => {
  const device = journey.deviceHash === undefined ? undefined : await tx.devices.byToken(journey.deviceHash)
  if (device?.personId !== personId || device.expiresAt <= now) return undefined
  return { kind: 'trusted-device', at: now, deviceId: device.id, trustedAt: device.createdAt }
}
