import {
  Activity, ArrowDown, ArrowRight, ArrowUp, BadgeCheck, Bell, BookOpen, Bot, Box, Check, ChevronDown, ChevronLeft, ChevronRight, ChevronsUpDown,
  CircleCheck, CircleDashed, CircleMinus, Clock, Columns3, Contrast, Copy, Cpu, Database, Download, Ellipsis, ExternalLink, Eye, File, Filter, Flag,
  FlaskConical, Folder, Hourglass, Info, Keyboard, KeyRound, Link2, LoaderCircle, Lock, LogOut, Maximize2, Menu, Moon, Network, OctagonAlert, Pause, Pencil, Play,
  Plus, RotateCcw, Search, Server, ShieldCheck, SlidersHorizontal, Square, Sun, Table2, Trash2, TriangleAlert, Undo2, Upload, User, Users, X,
  type LucideIcon,
} from "lucide-react";
import { cx } from "./cx";

/** Names of the design's status vocabulary first, then the icons of actions and pages. */
const icons = {
  octa: OctagonAlert,
  alert: TriangleAlert,
  okc: CircleCheck,
  half: Contrast,
  dash: CircleDashed,
  hour: Hourglass,
  spin: LoaderCircle,
  stamp: BadgeCheck,
  undo: Undo2,
  minusc: CircleMinus,
  fwd: ArrowRight,
  cube: Box,
  clock: Clock,
  eye: Eye,
  pause: Pause,
  flag: Flag,
  x: X,
  check: Check,
  lock: Lock,
  stop: Square,
  bell: Bell,
  server: Server,
  pulse: Activity,
  log: ShieldCheck,
  sliders: SlidersHorizontal,
  book: BookOpen,
  search: Search,
  sun: Sun,
  moon: Moon,
  menu: Menu,
  more: Ellipsis,
  down: ChevronDown,
  right: ChevronRight,
  left: ChevronLeft,
  updown: ChevronsUpDown,
  copy: Copy,
  download: Download,
  upload: Upload,
  filter: Filter,
  columns: Columns3,
  table: Table2,
  plus: Plus,
  trash: Trash2,
  external: ExternalLink,
  key: KeyRound,
  user: User,
  users: Users,
  signout: LogOut,
  play: Play,
  retry: RotateCcw,
  file: File,
  info: Info,
  nodes: Network,
  database: Database,
  flask: FlaskConical,
  up: ArrowUp,
  arrowdown: ArrowDown,
  keyboard: Keyboard,
  expand: Maximize2,
  bot: Bot,
  cpu: Cpu,
  link: Link2,
  pen: Pencil,
  folder: Folder,
} satisfies Record<string, LucideIcon>;

export type IconName = keyof typeof icons | "ramp";

export type IconProps = { name: IconName; size?: number | undefined; className?: string | undefined };

/** Decorative icon (hidden from assistive technology; the word beside it carries the meaning). Default 16 px. */
export function Icon({ name, size = 16, className }: IconProps) {
  const classes = cx("flex-none", className);
  if (name === "ramp") return <RampGlyph size={size} className={classes} />;
  const Glyph = icons[name];
  return <Glyph aria-hidden size={size} strokeWidth={2} className={classes} />;
}

/** Our own mark for rollouts: weight that rises. */
function RampGlyph({ size, className }: { size: number; className: string }) {
  return (
    <svg aria-hidden viewBox="0 0 16 16" width={size} height={size} className={className} fill="none" stroke="currentColor" strokeWidth={1.4} strokeLinecap="round" strokeLinejoin="round">
      <path d="M1.8 13.5h12.4M2.6 11.2l8.900-6.400 2.200 2.900M5 9.500v2M9 6.600v4.900" />
    </svg>
  );
}
