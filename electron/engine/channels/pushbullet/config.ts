import { z } from 'zod'
import { webAddressOrNothing } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'

export const pushbulletSchema = z.strictObject({
  device: z.string().trim().regex(/^[A-Za-z0-9]{0,64}$/, 'A device has an identifier of letters and digits. Copy it from the address of its page at Pushbullet.').default('')
    .meta({ title: 'Device', description: 'The identifier of one device: letters and digits at the end of its page\'s address. Empty = all of them' }),
  channelTag: z.string().trim().regex(/^[A-Za-z0-9_-]{0,64}$/, 'The tag of a channel has letters, digits, dashes and underscores only. Enter it without "#".').default('')
    .meta({ title: 'Channel', description: 'The tag of a channel of yours: all who subscribed to it are told. Empty = you alone' }),
  click: webAddressOrNothing.default('').meta({ title: 'Link', description: 'A page that the message links to. It is sent as it stands here' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'Uploaded, up to 1280 px. Your LAN address is never sent' }),
}).refine(({ device, channelTag }) => device === '' || channelTag === '', { path: ['channelTag'], message: 'One message goes to a device or to a channel. Leave one of the two empty.' })

export type PushbulletConfig = z.output<typeof pushbulletSchema>

export const validatePushbullet = checkedBy(pushbulletSchema)
