const VARIATION_SELECTORS = /[\ufe0e\ufe0f]/g
/** What is shown as an emoji only with U+FE0F after it: not where a skin tone follows, and of digits, `#` and `*` only keycaps. */
const TEXT_BY_DEFAULT = /[\p{Emoji}--[\p{Emoji_Presentation}0-9#*]](?!\p{Emoji_Modifier})|[0-9#*](?=\u20e3)/gv

/** The one form of a reaction's key (docs/PROTOCOL.md, M3): composed (NFC), and of emoji the form that is shown as one. */
export function reactionKey(key: string): string {
  return key.normalize('NFC').replace(VARIATION_SELECTORS, '').replace(TEXT_BY_DEFAULT, '$&\ufe0f')
}
