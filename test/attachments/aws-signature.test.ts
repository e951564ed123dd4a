import { expect, test } from 'vitest'
import { type AwsCredentials, awsSignature, presignedUrl } from '../../edge/worker/attachments/aws-signature.ts'

/** The examples that AWS publishes in "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference. */
const CREDENTIALS: AwsCredentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 's3',
}
const TIME = '20130524T000000Z'
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const HEADERS = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': TIME, 'x-amz-content-sha256': NOTHING }
const at = (path: string) => new URL(path, 'https://examplebucket.s3.amazonaws.com')

test('a presigned GET is as in "Using Query Parameters"', async () => {
  const url = await presignedUrl(
    { method: 'GET', url: at('/test.txt'), headers: {} },
    CREDENTIALS,
    Date.parse('2013-05-24T00:00:00Z'),
    86_400,
  )
  expect(url).toBe(
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  )
})

test.each([
  {
    name: 'GET Object',
    request: { method: 'GET', url: at('/test.txt'), headers: { ...HEADERS, range: 'bytes=0-9' }, payload: NOTHING },
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'PUT Object',
    request: {
      method: 'PUT',
      url: at('/test%24file.text'),
      headers: {
        ...HEADERS,
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      payload: '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    },
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    name: 'GET Bucket Lifecycle',
    request: { method: 'GET', url: at('/?lifecycle='), headers: HEADERS, payload: NOTHING },
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'GET Bucket (List Objects)',
    request: { method: 'GET', url: at('/?max-keys=2&prefix=J'), headers: HEADERS, payload: NOTHING },
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
])('the signature of $name is as in "Transferring Payload in a Single Chunk"', async ({ request, signature }) => {
  expect(await awsSignature(request, CREDENTIALS, TIME)).toBe(signature)
})
