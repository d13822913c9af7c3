// Whether a page can be read. Runs inside the page: it may use nothing from outside of the function.

/**
 * What keeps a page from being read: text that is small, pale or beyond the window.
 *
 * @param width what the window's width should be, in CSS pixels
 * @returns what is wrong, once for each kind of text
 */
export function unreadable(width: number): string[] {
  const smallest = 12
  const palest = 4.5 // WCAG 2, level AA, for text of normal size
  type Colour = [red: number, green: number, blue: number, alpha: number]

  // A canvas gives any CSS colour as four numbers.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  function parse(colour: string): Colour {
    if (!canvas) throw new Error("there is no canvas")
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data
    return [red, green, blue, alpha / 255]
  }
  const over = (top: Colour, below: Colour): Colour => {
    const mixed = [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]))
    return [mixed[0], mixed[1], mixed[2], 1]
  }
  /** The colour behind an element's text: those of all that it stands in, down to the window's own. */
  function ground(element: Element | null): Colour {
    if (!element) {
      const dark = matchMedia("(prefers-color-scheme: dark)").matches
      const follows = getComputedStyle(document.documentElement).colorScheme.includes("dark")
      return dark && follows ? [18, 18, 18, 1] : [255, 255, 255, 1]
    }
    return over(parse(getComputedStyle(element).backgroundColor), ground(element.parentElement))
  }
  const luminance = (colour: Colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((value) => {
      const part = value / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  function contrast(element: Element): number {
    const behind = ground(element)
    const [a, b] = [over(parse(getComputedStyle(element).color), behind), behind].map(luminance)
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  }
  /** Whether what is beyond the window can be scrolled to, inside a part of the page that scrolls by itself. */
  function scrolls(element: Element | null): boolean {
    if (!element || element === document.body) return false
    return /auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement)
  }

  const problems = new Set<string>()
  if (innerWidth > width) problems.add(`it is laid out for a window of ${innerWidth} px`)
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) problems.add(`it is ${scrollWidth} px wide, the window ${clientWidth} px`)

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const node = texts.currentNode
    const element = node.parentElement
    if (!element || !node.textContent?.trim() || element.closest("script, style")) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const box = range.getBoundingClientRect()
    // What is not shown, or only when it has the keyboard's focus.
    if (box.width === 0 || box.right <= 0 || !element.checkVisibility({ visibilityProperty: true })) continue
    const name = `${element.tagName.toLowerCase()} “${node.textContent.trim().slice(0, 40)}”`
    const size = Number.parseFloat(getComputedStyle(element).fontSize)
    if (size < smallest) problems.add(`the text of ${name} is only ${size} px high`)
    const ratio = contrast(element)
    if (ratio < palest) problems.add(`the text of ${name} has a contrast of only ${ratio.toFixed(2)}`)
    if (box.right > clientWidth + 1 && !scrolls(element)) problems.add(`the text of ${name} ends beyond the window`)
  }
  return [...problems]
}
