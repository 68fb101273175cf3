// The screens that pages are looked at on, in CSS pixels.

export const DESKTOP = { width: 1100, height: 800 };
/** What is left of the smallest that is still in use. */
export const SMALL_PHONE = { width: 320, height: 568 };
export const PHONE = { width: 360, height: 740 };
