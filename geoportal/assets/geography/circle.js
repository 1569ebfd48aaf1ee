// A circle on the ground as a GeoJSON polygon, for maps that draw none in metres.

const CORNERS = 48;
const DEGREE = 111_195; // metres of a degree of latitude

export function circle({ lon, lat }, metres) {
  const north = metres / DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  const ring = [];
  for (let n = 0; n <= CORNERS; n++) {
    const angle = ((n % CORNERS) * 2 * Math.PI) / CORNERS;
    ring.push([lon + east * Math.cos(angle), lat + north * Math.sin(angle)]);
  }
  return { type: "Polygon", coordinates: [ring] };
}
