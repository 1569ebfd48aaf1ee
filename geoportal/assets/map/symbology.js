// A layer's look (the registry's symbology as JSON) as drawing rules for protomaps-leaflet.

export function paintRules(layer) {
  const look = layer.look;
  const color = colorOf(look.color);
  const rule = (symbolizer) => ({ dataLayer: layer.name, symbolizer });
  const P = protomapsL;
  if (layer.geometry === "point")
    return [
      rule(
        new P.CircleSymbolizer({
          fill: color,
          radius: (zoom) => sizeAt(look.radius, zoom),
          stroke: look.outline ?? "#ffffff",
          width: 1,
          opacity: look.opacity,
        }),
      ),
    ];
  const factors = new Map(look.width_factors);
  const width = (zoom, feature) =>
    sizeAt(look.width, zoom) * (factors.get(feature?.props[look.color.attribute]) ?? 1);
  if (layer.geometry === "line")
    return [rule(new P.LineSymbolizer({ color, width, opacity: look.opacity, perFeature: true }))];
  const rules = [];
  if (look.opacity > 0)
    rules.push(rule(new P.PolygonSymbolizer({ fill: color, opacity: look.opacity, perFeature: true })));
  if (look.outline)
    rules.push(
      rule(
        new P.LineSymbolizer({ color: look.outline, width, dash: look.dash.length ? look.dash : undefined }),
      ),
    );
  return rules;
}

export function labelRules(layer, english) {
  const label = layer.look.label;
  if (!label) return [];
  const names = english ? [`${label.attribute}_en`, label.attribute] : [label.attribute];
  const options = {
    labelProps: names,
    fill: label.color,
    stroke: label.halo,
    width: 3,
    fontFamily: getComputedStyle(document.body).fontFamily,
    fontSize: (zoom) => sizeAt(label.size, zoom),
    fontWeight: 500,
    lineHeight: 1.2,
  };
  const symbolizer =
    layer.geometry === "point"
      ? new protomapsL.OffsetTextSymbolizer({ ...options, offsetX: 8, offsetY: 4, justify: 1 })
      : layer.geometry === "line"
        ? new protomapsL.LineLabelSymbolizer(options)
        : new protomapsL.CenteredTextSymbolizer(options);
  const limits = new Map(label.max_zooms);
  const filter = (zoom, feature) => zoom <= (limits.get(feature.props[label.by]) ?? Number.POSITIVE_INFINITY);
  return [{ dataLayer: label.layer, symbolizer, minzoom: label.min_zoom, filter }];
}

/** What a drawn feature is called; nothing where its layer draws no names. */
export function nameOf({ look }, props, english) {
  const { attribute } = look?.label ?? {};
  return (english && props[`${attribute}_en`]) || props[attribute] || "";
}

export function colorOf(color) {
  if (typeof color === "string") return color;
  if (color.categories) {
    const known = new Map(color.categories.map((category) => [category.value, category.color]));
    return (_, feature) => known.get(feature?.props[color.attribute]) ?? color.default;
  }
  return (_, feature) => {
    const value = feature?.props[color.attribute] ?? 0;
    return color.steps.reduce((chosen, [limit, code]) => (value >= limit ? code : chosen), color.default);
  };
}

export function sizeAt(size, zoom) {
  if (!Array.isArray(size)) return size;
  const [first] = size;
  const last = size[size.length - 1];
  if (zoom <= first[0]) return first[1];
  if (zoom >= last[0]) return last[1];
  const above = size.findIndex(([stop]) => stop >= zoom);
  const [z0, s0] = size[above - 1];
  const [z1, s1] = size[above];
  return s0 + ((s1 - s0) * (zoom - z0)) / (z1 - z0);
}
