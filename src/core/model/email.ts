// An e-mail address as mail servers take it (RFC 5321 §4.5.3.1 limits); whether it is somebody's, only a mail proves.

export const isEmailAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+\.[^\s@\p{Cc}]+$/u.test(text)
