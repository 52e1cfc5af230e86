// `gwanmun policy`: statements looked at without a gateway. Everything here works on files alone.
import { Command } from 'commander'
import type { Shell } from '../house.ts'
import { checkCommand, fmtCommand } from './check.ts'
import { explainCommand, testCommand } from './explain.ts'

export const policyCommand = (shell: Shell): Command =>
  new Command('policy')
    .description('check, format, explain and test policies in files')
    .addCommand(checkCommand(shell))
    .addCommand(fmtCommand(shell))
    .addCommand(explainCommand(shell))
    .addCommand(testCommand(shell))
