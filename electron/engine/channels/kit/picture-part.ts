import type { Picture } from '../../delivery/message.ts'

/** The picture as a part of a form. A copy into a buffer of its own: it may be a view into a larger one. */
export const picturePart = ({ jpeg }: Pick<Picture, 'jpeg'>): Blob => new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' })
