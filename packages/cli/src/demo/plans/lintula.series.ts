import type { PlannedFeed } from '../plan.ts';

/** Cars at the station and at six others, at noon: the mixture of the others that was nearest before tells what would have been. */
export const carsAtNoon: PlannedFeed = {
  criterion: 2,
  name: 'Cameras of the regional railway',
  series: [
    {
      before: [
        107, 109, 113, 113, 107, 108, 108, 115, 110, 119, 117, 115, 113, 107, 110, 110, 117, 107, 101, 111,
        100,
      ],
      after: [85, 83, 80],
    },
    {
      unitName: 'Harju station',
      before: [90, 92, 94, 90, 96, 90, 93, 92, 92, 96, 95, 97, 95, 86, 90, 92, 98, 85, 85, 87, 83],
      after: [91, 95, 87],
    },
    {
      unitName: 'Rantala station',
      before: [
        142, 141, 142, 144, 141, 133, 142, 149, 150, 154, 149, 148, 142, 138, 142, 145, 143, 134, 130, 137,
        130,
      ],
      after: [136, 142, 149],
    },
    {
      unitName: 'Kivelä station',
      before: [63, 55, 54, 62, 58, 55, 62, 66, 63, 65, 64, 68, 64, 60, 63, 57, 66, 61, 58, 51, 56],
      after: [63, 55, 61],
    },
    {
      unitName: 'Mäkelä station',
      before: [82, 72, 86, 80, 76, 75, 78, 81, 85, 81, 80, 85, 80, 70, 82, 86, 79, 68, 69, 70, 71],
      after: [82, 73, 84],
    },
    {
      unitName: 'Salo station',
      before: [
        159, 159, 169, 168, 165, 159, 160, 169, 171, 172, 171, 172, 168, 159, 167, 176, 170, 155, 148, 151,
        159,
      ],
      after: [160, 164, 174],
    },
    {
      unitName: 'Uusiaho station',
      before: [
        100, 105, 112, 112, 110, 106, 111, 113, 110, 123, 114, 110, 111, 106, 110, 101, 110, 111, 100, 105,
        110,
      ],
      after: [112, 115, 104],
    },
  ],
};

/** Counts of one place over time: where no other place can be compared, its own past tells what would have been. */
export const nurseVisits: PlannedFeed = {
  criterion: 2,
  name: 'Diary of the school nurse',
  series: [
    {
      before: [
        16, 15, 16, 9, 9, 16, 11, 11, 10, 19, 17, 19, 12, 15, 11, 17, 20, 12, 20, 18, 14, 9, 20, 15, 13, 17,
        17, 20,
      ],
      after: [8, 6, 9],
    },
  ],
};
