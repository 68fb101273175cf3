// The screens that pages are looked at on, in CSS pixels.

export const DESKTOP = { width: 1100, height: 800 };
export const PHONE = { width: 360, height: 740 };
