import type { ConversationHandle, Group, RoleName } from 'hawser'
import type { Act } from '../may.ts'
import { told } from '../notices.ts'

const ACTS = [
  { act: 'send', label: 'Write' },
  { act: 'invite', label: 'Add people' },
  { act: 'update', label: 'Rename and describe' },
  { act: 'pin', label: 'Pin messages' },
  { act: 'mentionAll', label: 'Mention all' },
  { act: 'mute', label: 'Mute members' },
  { act: 'remove', label: 'Remove members' },
  { act: 'recallOthers', label: 'Take back others’ messages' },
] as const satisfies readonly { act: Act; label: string }[]

const LEAST = [
  { role: 'member', label: 'Everybody' },
  { role: 'admin', label: 'Admins' },
  { role: 'owner', label: 'The owner' },
] as const satisfies readonly { role: RoleName; label: string }[]

/** Who may do what in a group, which is the owner's to say (docs/PROTOCOL.md, G3). */
export function GroupRules({ handle, group }: { handle: ConversationHandle; group: Group }) {
  const { settings } = group
  const change = (changed: Partial<Group['settings']>): void => void told(handle.update({ settings: { ...settings, ...changed } }))
  return (
    <details data-testid="group-rules">
      <summary>Who may do what</summary>
      <div class="stack">
        {ACTS.map(({ act, label }) => (
          <label key={act} class="rule">
            {label}
            <select
              data-testid={`rule-${act}`}
              value={settings[act]}
              onChange={({ currentTarget }) => change({ [act]: currentTarget.value as RoleName })}
            >
              {LEAST.map(({ role, label }) => (
                <option key={role} value={role}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        ))}
        <label class="check">
          <input
            type="checkbox"
            data-testid="rule-open"
            checked={settings.open}
            onChange={({ currentTarget }) => change({ open: currentTarget.checked })}
          />
          Whoever has the address may join
        </label>
        <label class="check">
          <input
            type="checkbox"
            data-testid="rule-hide-history"
            checked={settings.hideHistory}
            onChange={({ currentTarget }) => change({ hideHistory: currentTarget.checked })}
          />
          Newcomers see nothing of before
        </label>
      </div>
    </details>
  )
}
