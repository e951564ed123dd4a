import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { attachmentMessage, attachmentOf } from '../../client/attachments.ts'
import { parseRange } from '../../edge/worker/attachments/byte-range.ts'
import { contentDisposition } from '../../edge/worker/attachments/content-disposition.ts'
import { parseDetails } from '../../edge/worker/attachments/details.ts'
import { downloadLinkTime } from '../../edge/worker/attachments/link-times.ts'

describe('parseRange', () => {
  it.each([
    [undefined, undefined],
    ['bytes=0-0', { offset: 0, length: 1 }],
    ['bytes=2-', { offset: 2, length: 8 }],
    ['bytes=2-100', { offset: 2, length: 8 }],
    ['bytes=-3', { offset: 7, length: 3 }],
    ['bytes=-100', { offset: 0, length: 10 }],
    ['bytes=10-', null],
    ['bytes=10-12', null],
    ['bytes=-0', null],
    ['bytes=3-2', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-1', undefined],
  ])('%s', (header, range) => expect(parseRange(header, 10)).toEqual(range))
})

describe('contentDisposition', () => {
  const of = (name: string, type = 'image/png') => contentDisposition({ name, size: 1, type })

  it('shows pictures, sound and films, and nothing that could hold a script', () => {
    for (const type of ['image/png', 'audio/webm;codecs=opus', 'video/mp4']) expect(of('a', type)).toMatch(/^inline; /)
    for (const type of ['text/html', 'image/svg+xml', 'application/pdf', 'text/plain', 'application/xhtml+xml', 'image/png+xml']) {
      expect(of('a', type)).toMatch(/^attachment; /)
    }
  })

  it.each([
    ['plain.png', `inline; filename="plain.png"; filename*=UTF-8''plain.png`],
    ['Überblick (1).png', `inline; filename="_berblick (1).png"; filename*=UTF-8''%C3%9Cberblick%20%281%29.png`],
    ['a"; filename="b.exe', `inline; filename="a__ filename__b.exe"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe`],
    ['../../etc/passwd', `inline; filename=".._.._etc_passwd"; filename*=UTF-8''.._.._etc_passwd`],
    ['photo\u202egpj.exe', `inline; filename="photo_gpj.exe"; filename*=UTF-8''photo_gpj.exe`],
    ['two  blanks', `inline; filename="two blanks"; filename*=UTF-8''two%20%20blanks`],
    ['写真.png', `inline; filename="__.png"; filename*=UTF-8''%E5%86%99%E7%9C%9F.png`],
  ])('%s', (name, header) => expect(of(name)).toBe(header))

  it('makes one header of any name', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((each) => each.isWellFormed() && !/\p{Cc}/u.test(each))
    fc.assert(
      fc.property(name, (each) => {
        expect(of(each)).toMatch(/^inline; filename="[\w.() -]*"; filename\*=UTF-8''[\w!~.%-]*$/)
        expect(of(each)).not.toContain('  ')
      }),
    )
  })
})

describe('parseDetails', () => {
  const good = { name: 'a.png', size: 5, type: 'image/png' }

  it.each([
    [good, good],
    [
      { ...good, size: 0 },
      { ...good, size: 0 },
    ],
    [{ ...good, type: 'IMAGE/PNG' }, good],
    [{ ...good, more: 1 }, good],
    [
      { ...good, type: 'audio/webm;codecs=opus' },
      { ...good, type: 'audio/webm;codecs=opus' },
    ],
    [
      { ...good, type: 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"' },
      { ...good, type: 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"' },
    ],
    [
      { ...good, name: `${'ü'.repeat(127)}x` },
      { ...good, name: `${'ü'.repeat(127)}x` },
    ],
  ])('takes %j', (json, details) => expect(parseDetails(json, 10)).toEqual(details))

  it.each([
    [undefined, 'field_invalid', '"name"'],
    [[], 'field_invalid', '"name"'],
    [{ ...good, name: '' }, 'field_invalid', '"name"'],
    [{ ...good, name: 'a\nb' }, 'field_invalid', '"name"'],
    [{ ...good, name: '\ud800' }, 'field_invalid', '"name"'],
    [{ ...good, name: 'ü'.repeat(128) }, 'field_invalid', '"name"'],
    [{ ...good, size: -1 }, 'field_invalid', '"size"'],
    [{ ...good, size: 1.5 }, 'field_invalid', '"size"'],
    [{ ...good, size: '5' }, 'field_invalid', '"size"'],
    [{ ...good, size: 11 }, 'attachment_too_large', '10 bytes'],
    [{ ...good, type: '' }, 'field_invalid', '"type"'],
    [{ ...good, type: 'png' }, 'field_invalid', '"type"'],
    [{ ...good, type: 'image/png\r\nx: y' }, 'field_invalid', '"type"'],
    [{ ...good, type: 'image/ä' }, 'field_invalid', '"type"'],
    [{ ...good, type: `image/${'a'.repeat(128)}` }, 'field_invalid', '"type"'],
  ])('refuses %j', (json, code, message) => {
    expect(() => parseDetails(json, 10)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })
})

test('links to download stay the same for half an hour and are good for as long at least', () => {
  const half = 30 * 60_000
  for (const now of [half, half + 1, 2 * half - 1]) expect(downloadLinkTime(now)).toEqual({ from: half, until: 3 * half })
  expect(downloadLinkTime(2 * half)).toEqual({ from: 2 * half, until: 4 * half })
})

describe('the message of an attachment', () => {
  const attachment = { id: 'abc', name: 'a.png', size: 5, type: 'image/png', width: 2, height: 3, caption: 'A' }

  it('comes back as it was', () => {
    expect(attachmentOf(attachmentMessage(attachment))).toEqual(attachment)
    expect(attachmentOf(attachmentMessage({ ...attachment, width: undefined }))).toEqual({ ...attachment, width: undefined })
  })

  it.each([
    ['of another type', { contentType: 'text/plain', content: attachmentMessage(attachment).content }],
    ['that is no JSON', { contentType: attachmentMessage(attachment).contentType, content: new Uint8Array([0xff]) }],
    ['without an id', attachmentMessage({ ...attachment, id: undefined as never })],
    ['of a negative size', attachmentMessage({ ...attachment, size: -1 })],
  ])('is none %s', (_, message) => expect(attachmentOf(message)).toBeUndefined())

  it('leaves out what is not as it should be', () => {
    expect(attachmentOf(attachmentMessage({ ...attachment, width: '2' as never, caption: 7 as never }))).toEqual({
      ...attachment,
      width: undefined,
      caption: undefined,
    })
  })
})
