const byteOrderMark = '\ufeff';

/** RFC 8259 lets a reader of JSON ignore a byte order mark. */
export const withoutByteOrderMark = (text: string): string => (text.startsWith(byteOrderMark) ? text.slice(1) : text);

/** Throws SyntaxError. */
export const parseJson = (text: string): unknown => JSON.parse(withoutByteOrderMark(text));
