// Invented patients and what they write, for developing and looking at screens without a core.
import type { Acuity, Channel, OutboxState } from "$/generated/desk";

export type Letter = {
  name: string;
  channel?: Channel;
  subject: string;
  text: string;
  minutes: number;
  acuity?: Acuity;
  flag?: boolean;
  pool?: number;
  tags?: string[];
  assignee?: number;
  state?: "open" | "waiting" | "snoozed" | "closed";
  read?: boolean;
  answer?: string;
  note?: string;
  draft?: string;
  outbox?: OutboxState;
  files?: [name: string, type: string, size: number, danger?: "program" | "script"][];
  html?: boolean;
  quoted?: string;
  raw?: boolean;
  /** Words that raised the flag, and the reason. */
  raised?: [words: string, reason: string][];
};

export const letters: Letter[] = [
  {
    name: "Renee Okafor",
    subject: "Saturday's flu shot",
    minutes: 4,
    acuity: "emergency",
    flag: true,
    pool: 1,
    tags: ["red flag", "vaccination"],
    text: "been coughing all week but tonight my chest feels tight and my left arm is kinda numb, should i still come for the shot saturday?",
    raised: [
      ["chest feels tight", "Chest pain or tightness"],
      ["left arm is kinda numb", "Numbness of an arm"],
    ],
    note: "No phone on file. Ringing the number from the 2024 form now.",
  },
  {
    name: "Tomás Herrera",
    subject: "Herida de mi mamá",
    minutes: 22,
    acuity: "same_day",
    flag: true,
    pool: 1,
    tags: ["wound", "español"],
    text: "Buenas tardes,\n\nLa herida de mi mamá está roja y caliente, la operaron el lunes. Tiene 38,2 de fiebre desde anoche y no quiere comer. Le mando una foto.\n\n¿La llevo a urgencias o la pueden ver hoy?\n\nGracias,\nTomás",
    files: [["herida-rodilla.jpg", "image/jpeg", 2_340_118]],
  },
  {
    name: "June Abara",
    subject: "Re: Warfarin refill",
    minutes: 64,
    acuity: "same_day",
    pool: 0,
    assignee: 1,
    read: true,
    tags: ["refill", "medicine"],
    text: "Ran out of my warfarin yesterday and the pharmacy says you have to approve it first. They close at six. I have never missed two days before and I am a bit worried to be honest.",
    quoted:
      "On Tue, 3 Mar 2026 at 09:12, Northside Practice wrote:\n> Dear Ms Abara,\n> your blood test is due in the second week of March.\n> Please ring us for a time.",
    draft: "Dear June, Dr. Osei has just approved",
  },
  {
    name: "Kwame Boateng",
    subject: "flu shot question",
    minutes: 71,
    acuity: "routine",
    pool: 0,
    tags: ["vaccination"],
    text: "is it true the new flu shot gives you the flu?? asking for my gran, she is 81 and shes due next tuesday",
  },
  {
    name: "Priya Raman",
    subject: "Anya's 4 year check",
    minutes: 124,
    acuity: "routine",
    pool: 3,
    tags: ["appointment"],
    text: "Hello,\n\nCould we come any morning but Friday for Anya's 4 year check? After 9:30 would be best because of her brother's school.\n\nBest wishes\nPriya Raman",
    html: true,
  },
  {
    name: "Stellan Berg",
    subject: "Re: Tablets with breakfast",
    minutes: 190,
    acuity: "routine",
    pool: 1,
    state: "waiting",
    read: true,
    text: "Thank you. Should I take it before or after breakfast? The leaflet says both, depending on which page one reads.",
    answer:
      "Dear Mr Berg,\n\nDr. Osei answered: take it with food, and call us if your stomach still hurts after three days.\n\nKind regards\nLena",
  },
  {
    name: "Margaret Ellison",
    subject: "COMPLAINT - forty minutes on hold",
    minutes: 260,
    acuity: "administrative",
    pool: 0,
    tags: ["complaint", "billing"],
    text: "To whom it may concern,\n\nForty minutes on hold this morning and nobody could tell me what I owe. This is the third time. I have been a patient since 1994 and I have never been treated like this. I want a written statement of my account and I want the name of your manager.\n\nM. Ellison (Mrs)",
  },
  {
    name: "Hana Sato",
    subject: "School form for Ken",
    minutes: 310,
    acuity: "administrative",
    pool: 0,
    tags: ["forms"],
    text: "Do you have the school form for Ken? It was sent two weeks ago and the teacher asks again. Thank you so much",
    files: [["school-form-2026.pdf", "application/pdf", 184_220]],
  },
  {
    name: "Ibrahim Yusuf",
    subject: "(no subject)",
    minutes: 12,
    acuity: "routine",
    pool: 0,
    text: "hi can someone call me back about the thing from last week thx",
  },
  {
    name: "Dolores Vega",
    subject: "Sugar readings",
    minutes: 95,
    acuity: "same_day",
    pool: 1,
    tags: ["diabetes"],
    assignee: 2,
    read: true,
    text: "My readings this week, fasting: 212, 240, 198, 251, 266. I take the metformin like always. I am very thirsty and go to the bathroom at night 4 times.",
    files: [["readings.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 18_400]],
  },
  {
    name: "Owen Pritchard",
    subject: "Sick note",
    minutes: 410,
    acuity: "administrative",
    pool: 0,
    tags: ["forms"],
    read: true,
    outbox: "failed",
    text: "Morning, my employer needs the sick note to say light duties until the 30th. Could you send a new one?",
    answer: "Dear Owen, the new note is attached. Get well soon.",
  },
  {
    name: "Fatima Haddad",
    subject: "Results",
    minutes: 530,
    acuity: "routine",
    pool: 2,
    tags: ["results"],
    read: true,
    outbox: "uncertain",
    text: "Hello, I had the blood test on Thursday. Is there anything in it I should know about before the weekend?",
    answer:
      "Dear Ms Haddad, the results are back and the doctor would like to talk them through with you. Could you come on Monday at 10:20?",
  },
  {
    name: "Lars Nygaard",
    subject: "Dizzy on the new pills",
    minutes: 47,
    acuity: "same_day",
    pool: 1,
    tags: ["medicine"],
    text: "Since I started the new blood pressure pills on Monday I get dizzy when I stand up, twice I had to hold on to the sink. 97/58 on the home machine just now. Do I stop them?",
  },
  {
    name: "Bea Lindqvist",
    subject: "Change of address",
    minutes: 640,
    acuity: "administrative",
    pool: 0,
    read: true,
    text: "We have moved to 14 Harbour Lane. Phone stays 555-0142. Please update for me, Jonas and the twins.",
  },
  {
    name: "Pharmacy on the Square",
    subject: "Prescription query 88213",
    minutes: 88,
    acuity: "routine",
    pool: 0,
    tags: ["refill"],
    text: "Dear colleagues,\n\nthe dose on the prescription for A. Novak (amoxicillin 500) differs from the letter. Please confirm by return.\n\nPharmacy on the Square, 555-0117",
    html: true,
    files: [
      ["prescription.pdf", "application/pdf", 88_210],
      ["viewer.exe", "application/x-msdownload", 912_004, "program"],
    ],
  },
  {
    name: "Gwen Abernathy",
    subject: "Re: Re: Physio referral",
    minutes: 1_400,
    acuity: "routine",
    pool: 3,
    tags: ["referral"],
    state: "snoozed",
    read: true,
    text: "I still have not heard from the physio place. You said two weeks.",
  },
  {
    name: "Milo Janssen",
    subject: "Thank you",
    minutes: 1_500,
    acuity: "administrative",
    pool: 0,
    state: "closed",
    read: true,
    text: "Just wanted to say thank you to the nurse on Tuesday (I think Ines?). My son was not afraid at all.",
  },
  {
    name: "Adaeze Nwosu",
    subject: "Contraception appointment",
    minutes: 205,
    acuity: "routine",
    pool: 3,
    tags: ["appointment"],
    text: "Hi, I'd like an appointment to change the coil, preferably with a woman doctor, any afternoon in the week of the 16th.",
  },
  {
    name: "newsletter@medsupply.example",
    subject: "Spring offers on gloves",
    minutes: 700,
    acuity: "administrative",
    pool: 0,
    state: "closed",
    read: true,
    text: "View this mail in your browser. Spring offers on nitrile gloves, ends Sunday.",
    html: true,
  },
  {
    name: "Vera Kovač",
    subject: "=?utf-8?Q?",
    minutes: 150,
    acuity: "routine",
    pool: 0,
    raw: true,
    text: 'Content-Type: multipart/mixed; boundary="x\n\n--y\nContent-Transfer-Encoding: base64\n\nRG9icm8ganV0cm8g=\n=3D?',
  },
  {
    name: "Clement Duarte",
    subject: "Rash after antibiotics",
    minutes: 33,
    acuity: "same_day",
    flag: true,
    pool: 1,
    tags: ["medicine"],
    raised: [["lips feel a bit swollen", "Swelling of lips or face after a medicine"]],
    text: "Day 3 of the antibiotic and now I have a rash on my chest and arms, itchy, lips feel a bit swollen. No trouble breathing so far.",
  },
  {
    name: "Noor Rahimi",
    subject: "Interpreter for Thursday",
    minutes: 275,
    acuity: "administrative",
    pool: 3,
    tags: ["appointment"],
    text: "My father comes Thursday 11:15. He speaks Dari. Will there be an interpreter or do I come along?",
  },
  {
    name: "Ruth Castellanos",
    subject: "Referral letter",
    minutes: 340,
    acuity: "routine",
    pool: 2,
    tags: ["referral"],
    assignee: 3,
    read: true,
    text: "The cardiologist says the letter did not arrive. Could you send it again to the fax or to her mail? The appointment is in nine days.",
  },
  {
    name: "Edgar Whitlow",
    subject: "Hearing aid batteries",
    minutes: 480,
    acuity: "administrative",
    pool: 0,
    text: "Do you still give out batteries for the hearing aids or is that only at the hospital now. Size 312.",
  },
];

const moreNames = [
  "Amara Diallo",
  "Ben Ostrowski",
  "Chiara Moretti",
  "Dev Patel",
  "Elif Kaya",
  "Frank Molina",
  "Greta Sandoval",
  "Hugo Lefèvre",
  "Ines Barros",
  "Jamal Carter",
  "Katya Orlova",
  "Leon Fischer",
  "Mei Chen",
  "Nadia Petrov",
  "Oscar Lund",
  "Paula Reyes",
  "Quentin Ash",
  "Rosa Delgado",
  "Sunil Rao",
  "Tessa Whitman",
];
const moreTexts: [string, string, string][] = [
  [
    "Repeat prescription",
    "Please may I have my usual repeat: lisinopril and the statin. I will collect on Friday.",
    "refill",
  ],
  [
    "Appointment next week",
    "Is there anything free next week after four? It is about my knee again, not urgent.",
    "appointment",
  ],
  ["Opening hours", "Are you open on the Monday after the holiday?", ""],
  [
    "Copy of my records",
    "I need a copy of my vaccination record for a new job. How long does it take and what does it cost?",
    "forms",
  ],
  ["Bill", "The bill says 40 but I was told 25 at the desk. Which one is right?", "billing"],
  [
    "Travel vaccinations",
    "We fly to Tanzania in May, two adults and a child of six. What do we need and when should we start?",
    "vaccination",
  ],
];

/** Enough further conversations to scroll through. */
export function manyLetters(count: number): Letter[] {
  return Array.from({ length: count }, (_, index): Letter => {
    const [subject, text, tag] = moreTexts[index % moreTexts.length] ?? ["", "", ""];
    return {
      name: moreNames[(index * 7) % moreNames.length] ?? "",
      subject,
      text,
      minutes: 360 + index * 43,
      acuity: index % 3 === 0 ? "administrative" : "routine",
      pool: index % 4,
      tags: tag ? [tag] : [],
      read: index % 3 !== 0,
      state: index % 11 === 5 ? "waiting" : "open",
    };
  });
}
