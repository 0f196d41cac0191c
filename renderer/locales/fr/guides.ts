const guides: Readonly<Record<string, string>> = {}

export default guides
