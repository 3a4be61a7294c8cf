import type {
    OroSandbox,
    OroServiceOptions,
    SandboxAnswer,
    SandboxContext,
    SandboxEvent,
    SandboxRequest,
    SandboxService,
} from '../service';
import { answerApi } from './api';
import { Catalogue } from './catalogue';
import { obey } from './control';
import { apply, type OroEvent } from './events';
import { oroTime } from './generate';
import { answerLegacy } from './legacy';
import { LISTS } from './marketing-lists';
import { formatOf, namesJsonApi } from './media-types';
import { populationOf } from './population';
import { JSON_API, jsonAnswer, pageAnswer, Refusal, refusalAnswer, refuse } from './refusal';
import { seedNumbers, seedPeople } from './seed';
import { type Side, Tokens } from './tokens';
import { createWorld, type World } from './world';

const API = '/admin/api';
const LEGACY = /^\/admin\/api\/rest\/(?:latest|v1)\/(.+?)(?:\.json)?$/;

/** What is kept of a world once it exists: the journal's first event tells when the sandbox was made. */
interface Room {
    readonly world: World;
    readonly catalogue: Catalogue;
    readonly apply: (event: OroEvent) => void;
}

function createRoom(context: SandboxContext, anchor: number, stock: boolean): Room {
    const world = createWorld(context.size, context.seed, anchor, context.organizationId, stock);
    const catalogue = new Catalogue(world);
    const known = (type: string): string[] => {
        const resource = catalogue.get(type);
        return resource ? [...Object.keys(resource.attributes), ...Object.keys(resource.relations)] : [];
    };
    return { world, catalogue, apply: (event) => apply(world, event, known) };
}

function answerWithoutRights(request: SandboxRequest, hasToken: boolean): SandboxAnswer {
    const headers = {
        'content-type': namesJsonApi(request) ? JSON_API : 'application/json',
        'cache-control': 'no-cache, private',
    };
    return { status: 401, headers: hasToken ? headers : { ...headers, 'www-authenticate': 'Bearer' }, why: 'unauthorised' };
}

function answerNowhere(request: SandboxRequest): SandboxAnswer {
    return /json/.test(request.headers['accept'] ?? '')
        ? jsonAnswer(404, { code: 404 }, { vary: 'Accept' })
        : pageAnswer(404, 'Not Found');
}

/** Pages and refusals that come before anybody asks who is calling; `null` when the request goes on. */
function answerAtTheDoor(world: World, request: SandboxRequest): SandboxAnswer | null {
    const { settings } = world;
    const isApi = request.path === API || request.path.startsWith(`${API}/`);
    if (settings.stagingPassword) {
        return pageAnswer(401, '401 Authorization Required', { 'www-authenticate': 'Basic realm="Staging"' });
    }
    if (settings.maintenance) {
        return isApi
            ? pageAnswer(415, 'An Error Occurred: Unsupported Media Type')
            : pageAnswer(503, 'Maintenance', { vary: 'Accept' });
    }
    if (isApi && request.path.length > API.length + 1 && request.path.endsWith('/')) {
        const location = `http://${request.headers['host'] ?? 'localhost'}${request.path.replace(/\/+$/, '')}`;
        return pageAnswer(301, `Redirecting to ${location}`, { location });
    }
    if (isApi && !settings.webApi) {
        return refusalAnswer(refuse(404, 'not found http exception'));
    }
    return null;
}

/** The sandbox's OroCommerce: OAuth2, the back-office JSON:API for reading, and the old REST call that refreshes a list. */
export function createOroService(context: SandboxContext, options: OroServiceOptions): SandboxService & OroSandbox {
    const tokens = new Tokens();
    let made: Room | null = null;
    const now = (): string => oroTime(context.now().getTime());

    const room = (): Room => {
        if (made === null) {
            const anchor = Math.floor(context.now().getTime() / 1_000) * 1_000;
            context.journal({ kind: 'oro.made', anchor, stock: options.stock });
            made = createRoom(context, anchor, options.stock);
        }
        return made;
    };
    const happen = (event: OroEvent): void => {
        const { apply } = room();
        context.journal({ ...event });
        apply(event);
    };
    const sideOf = (request: SandboxRequest): Side | null => {
        const token = /^Bearer (\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
        return token === undefined ? null : tokens.sideOf(token, context.now());
    };

    const answerBackOffice = ({ world, catalogue }: Room, request: SandboxRequest): SandboxAnswer => {
        const legacy = LEGACY.exec(request.path)?.[1];
        if (legacy !== undefined) {
            return answerLegacy(world, request, legacy, (segment) => happen({ kind: 'oro.rebuilt', segment, time: now() }));
        }
        let plain = true;
        try {
            plain = formatOf(request) === 'plain';
            const segments = request.path
                .slice(API.length + 1)
                .split('/')
                .filter(Boolean)
                .map(decodeURIComponent);
            return segments.length === 0
                ? jsonAnswer(404, { code: 404 }, { vary: 'Accept' })
                : answerApi(world, catalogue, request, segments, plain);
        } catch (refusal) {
            if (refusal instanceof Refusal) {
                return refusalAnswer(refusal, plain);
            }
            throw refusal;
        }
    };

    return {
        handle: (request) => {
            const current = room();
            const atTheDoor = answerAtTheDoor(current.world, request);
            if (atTheDoor) {
                return atTheDoor;
            }
            if (request.path === '/oauth2-token') {
                return tokens.answer(request, current.world.settings, context.now());
            }
            const hasToken = /^Bearer /i.test(request.headers['authorization'] ?? '');
            if (request.path === API || request.path.startsWith(`${API}/`)) {
                return sideOf(request) === 'backOffice'
                    ? answerBackOffice(current, request)
                    : answerWithoutRights(request, hasToken);
            }
            if (request.path.startsWith('/api/')) {
                return sideOf(request) === 'storefront' ? answerNowhere(request) : answerWithoutRights(request, hasToken);
            }
            return request.path === '/' ? pageAnswer(200, 'Sandbox shop') : answerNowhere(request);
        },
        control: (command) => {
            const { world } = room();
            const { events, answer } = obey(world, command, now());
            events.forEach(happen);
            if (command['expireTokens'] === true) {
                tokens.expireAll();
            }
            return answer;
        },
        replay: (event: SandboxEvent & { readonly at: string }) => {
            if (event.kind === 'oro.made') {
                made = createRoom(context, Number(event['anchor']), event['stock'] === true);
            } else {
                // The journal holds what `happen` wrote and nothing else.
                room().apply(event as unknown as OroEvent);
            }
        },
        report: () => {
            const { world } = room();
            const members = LISTS.map((list) => {
                const stored =
                    list.kind === 'static'
                        ? (world.lists.snapshots.get(list.id + 100)?.members.length ?? 0)
                        : world.lists.matching(list);
                // Who was taken off by hand is no member, whatever the segment says.
                const members = list.kind === 'manual' ? world.picked.count(list.id) : stored;
                return [list.id, Math.max(0, members - world.removed.count(list.id))];
            });
            return { people: world.population.people, members: Object.fromEntries(members) };
        },
        people: (count) => seedPeople({ population: populationOf(context.size, context.seed, 0) }, count),
        seed: () => ({ main: { ...seedNumbers(context.size) } }),
    };
}
