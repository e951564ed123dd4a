import { expect, test } from 'vitest'
import { reactionKey } from '../../shared/reaction-key.ts'

const SELECTORS = ['', '\ufe0e', '\ufe0f']

test.each([
  '❤️',
  '☝️',
  '☝🏽',
  '👍',
  '👍🏽',
  '1️⃣',
  '#️⃣',
  '🏳️‍🌈',
  '👁️‍🗨️',
  '🕵️‍♂️',
  '🕵🏽‍♂️',
  '❤️‍🔥',
  '👨‍👩‍👧',
  '🇩🇪',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '©️',
  '+1',
  'ok',
  'é',
  'שלום',
  '1',
  '#',
  '한',
])('M3: %s is one reaction in whatever form it comes', (key) => {
  const bare = key.replace(/[\ufe0e\ufe0f]/g, '')
  const forms = [key, bare, key.normalize('NFD'), ...SELECTORS.map((selector) => key.replaceAll('\ufe0f', selector)), `${bare}\ufe0e`]
  expect(new Set(forms.map(reactionKey))).toEqual(new Set([key]))
  expect(reactionKey(reactionKey(key))).toBe(key)
})
