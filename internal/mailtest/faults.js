// What makes the document shown hard to read or to hear, as a list of sentences.
(() => {
	const faults = [], seen = new Set();
	const fault = (what, element) => {
		const about = element ? `${what}: <${element.tagName.toLowerCase()}> ${(element.textContent || "").trim().slice(0, 40)}` : what;
		if (!seen.has(about)) faults.push(about);
		seen.add(about);
	};
	const root = document.documentElement, width = innerWidth;
	if (document.compatMode !== "CSS1Compat") fault("there is no doctype");
	if (!/^[a-z]{2,3}(-|$)/.test(root.lang)) fault("the document does not say its language");
	if (!document.title.trim()) fault("the document has no title");
	if (document.scrollingElement.scrollWidth > width) fault(`it is ${document.scrollingElement.scrollWidth} pixels wide on a screen of ${width}`);
	for (const image of document.querySelectorAll("img, svg, area, input[type=image]")) if (!(image.getAttribute("alt") ?? image.getAttribute("aria-label"))) fault("a picture has no words", image);

	// Headings.
	let level = 0, firsts = 0;
	for (const h of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
		const n = +h.tagName[1];
		if (n === 1) firsts++;
		if (n > level + 1) fault(`a heading of level ${n} follows one of ${level}`, h);
		if (!h.textContent.trim()) fault("a heading is empty", h);
		level = n;
	}
	if (firsts !== 1) fault(`there are ${firsts} headings of the first level`);

	// Text: where it is, and its contrast (WCAG 2.2) against what really lies behind it.
	const probe = document.createElement("div");
	const rgba = colour => {
		probe.style.color = colour;
		document.body.append(probe);
		const n = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
		probe.remove();
		return n.length === 3 ? [...n, 1] : n;
	};
	const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
	const paper = rgba("Canvas");
	const behind = element => {
		const layers = [];
		for (let e = element; e; e = e.parentElement) {
			const style = getComputedStyle(e);
			if (style.backgroundImage !== "none") fault("a picture lies behind text", e);
			if (style.opacity !== "1") fault("text shines through", e);
			const colour = style.backgroundColor.match(/[\d.]+/g).map(Number);
			if (colour.length === 3) { layers.push([...colour, 1]); break; }
			if (colour[3] > 0) layers.push(colour);
		}
		return layers.reduceRight((under, top) => over(top, under), paper);
	};
	const luminance = c => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
		const v = c[i] / 255;
		return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	}, 0);
	const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	let shown = 0;
	for (let node; node = words.nextNode();) {
		if (!node.data.trim()) continue;
		const element = node.parentElement, style = getComputedStyle(element), range = document.createRange();
		range.selectNodeContents(node);
		const boxes = [...range.getClientRects()].filter(box => box.width > 0 && box.height > 0);
		if (!boxes.length) continue; // such as the preheader
		shown++;
		for (const box of boxes) if (box.left < -0.5 || box.right > width + 0.5) fault("words stand outside of the screen", element);
		if (parseFloat(style.fontSize) < 13) fault(`letters of ${style.fontSize}`, element);
		const ground = behind(element), ink = over(rgba(style.color), ground);
		const [a, b] = [luminance(ink), luminance(ground)];
		const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (contrast < 4.5) fault(`a contrast of ${contrast.toFixed(2)}, ${style.color} on ${ground}`, element);
	}
	if (!shown) fault("nothing is shown");
	return faults;
})()
