/** What a person typed that can't be a value: it stays in the field and is not sent. */
export class Wrong {
  constructor(readonly text: string, readonly message: string, readonly cure: string) {}
}
