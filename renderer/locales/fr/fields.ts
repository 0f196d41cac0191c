const fields: Readonly<Record<string, string>> = {}

export default fields
