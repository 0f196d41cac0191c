/** Something the user can mend: printed as it is, without a stack, with exit status 1. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
