// `gwanmun policy`: statements looked at in files, without a gateway, or in a tenancy of one that runs.
import { Command } from 'commander'
import type { Shell } from '../house.ts'
import { checkCommand } from './check.ts'
import { diffCommand } from './diff.ts'
import { explainCommand } from './explain.ts'
import { fmtCommand } from './fmt.ts'
import { testCommand } from './test.ts'

export const policyCommand = (shell: Shell): Command =>
  new Command('policy')
    .description('check, format, compare, explain and test policies, in files or in a tenancy')
    .addCommand(checkCommand(shell))
    .addCommand(fmtCommand(shell))
    .addCommand(diffCommand(shell))
    .addCommand(explainCommand(shell))
    .addCommand(testCommand(shell))
