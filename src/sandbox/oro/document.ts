import type { Catalogue } from './catalogue';
import type { Query } from './query';
import { attributeNames, readAttribute, readRelation } from './reading';
import { idOf, type Linked, numberOf, type Resource, type Value } from './resource';
import type { World } from './world';

/** Where links point to, or `null` when the request asked for none (`X-Include: noHateoas`). */
export type Base = string | null;

/** A resource object of JSON:API. */
export type ResourceObject = Record<string, unknown>;

type Linkage = Linked | null | Linked[];

interface SelectedRelation {
    readonly name: string;
    readonly type: string;
    readonly unlinked: boolean;
    readonly linkage: (number: number) => Linkage;
}

/** Which parts of a resource a request shows. */
interface Selection {
    readonly attributes: readonly (readonly [string, (number: number) => Value])[];
    readonly relations: readonly SelectedRelation[];
}

/** The include paths as a tree. */
interface IncludeTree {
    readonly [name: string]: IncludeTree;
}

function includeTree(paths: readonly string[]): IncludeTree {
    const tree: Record<string, IncludeTree> = {};
    for (const path of paths) {
        let node: Record<string, IncludeTree> = tree;
        for (const name of path.split('.')) {
            node[name] ??= {};
            node = node[name] as Record<string, IncludeTree>;
        }
    }
    return tree;
}

/** Writes records as JSON:API does: sparse fields, linkage, included records. */
export class DocumentWriter {
    private readonly selections = new Map<string, Selection>();

    constructor(
        private readonly world: World,
        private readonly catalogue: Catalogue,
        private readonly query: Query,
        private readonly base: Base,
    ) {}

    private isLinkable(type: string, id: string): boolean {
        const { records } = this.world;
        if (records.removedOf(type).size === 0 && records.hiddenOf(type).size === 0) {
            return true;
        }
        const target = this.catalogue.get(type);
        return !target || records.isVisible(type, numberOf(target, id));
    }

    /** What a relationship shows: nothing that the role may not see or that is gone. */
    linkage(resource: Resource, name: string): (number: number) => Linkage {
        const relation = resource.relations[name];
        if (!relation || this.world.records.denied.has(relation.type)) {
            return () => (relation?.many ? [] : null);
        }
        const read = readRelation(this.world, resource, name, relation);
        const { type } = relation;
        return (number) => {
            const linked = read(number);
            if (linked === null || typeof linked === 'string') {
                return linked !== null && this.isLinkable(type, linked) ? { type, id: linked } : null;
            }
            const all = linked.map((each: string | Linked) => (typeof each === 'string' ? { type, id: each } : each));
            return all.filter((each) => this.isLinkable(each.type, each.id));
        };
    }

    private selection(resource: Resource): Selection {
        const known = this.selections.get(resource.type);
        if (known) {
            return known;
        }
        const fields =
            this.query.fields.get(resource.type) ??
            (resource.type === 'userprofile' ? this.query.fields.get('users') : undefined);
        const isAsked = (name: string): boolean => fields === undefined || fields.includes(name);
        const vanished = this.world.records.vanishedOf(resource.type);
        const selection: Selection = {
            attributes: attributeNames(this.world, resource)
                .filter(isAsked)
                .map((name) => [name, readAttribute(this.world, resource, name)] as const),
            relations: Object.entries(resource.relations)
                .filter(([name, relation]) => isAsked(name) && !vanished.has(name) && this.isShown(relation.type))
                .map(([name, relation]) => ({
                    name,
                    type: relation.type,
                    unlinked: relation.unlinked === true,
                    linkage: this.linkage(resource, name),
                })),
        };
        this.selections.set(resource.type, selection);
        return selection;
    }

    /** A relationship is shown only when its other side is a resource of the API. */
    private isShown(type: string): boolean {
        return type === '' || this.catalogue.find(type).kind !== 'notAccessible';
    }

    /** The link to a record. */
    link(type: string, id: string): string {
        return `${this.base ?? ''}/${type}/${id}`;
    }

    /** One record as a resource object. */
    write(resource: Resource, number: number): ResourceObject {
        const { type } = resource;
        const id = idOf(resource, number);
        const { attributes, relations } = this.selection(resource);
        const isProfile = type === 'userprofile';
        const self = isProfile ? this.link('users', id) : this.link(type, id);
        const object: ResourceObject = { type, id };
        if (this.query.withTitle && resource.title) {
            object['meta'] = { title: resource.title(number) };
        }
        if (this.base !== null) {
            object['links'] = isProfile ? { self: `${this.base}/userprofile`, related: self } : { self };
        }
        if (attributes.length > 0) {
            const values: Record<string, Value> = {};
            for (const [name, read] of attributes) {
                values[name] = read(number);
            }
            object['attributes'] = values;
        }
        if (relations.length > 0) {
            const values: Record<string, unknown> = {};
            for (const { name, unlinked, linkage } of relations) {
                const data = linkage(number);
                const isLinked = this.base !== null && !unlinked;
                values[name] = isLinked
                    ? { links: { self: `${self}/relationships/${name}`, related: `${self}/${name}` }, data }
                    : { data };
            }
            object['relationships'] = values;
        }
        return object;
    }

    /**
     * The records that `include` asks for, each once. A relationship that `fields` leaves out is not followed, and neither is
     * a name that does not exist.
     */
    included(resource: Resource, numbers: readonly number[]): ResourceObject[] {
        const found = new Map<string, { resource: Resource; number: number }>();
        this.follow(resource, numbers, includeTree(this.query.include), found);
        return [...found.values()].map((entry) => this.write(entry.resource, entry.number));
    }

    private follow(
        resource: Resource,
        numbers: Iterable<number>,
        tree: IncludeTree,
        found: Map<string, { resource: Resource; number: number }>,
    ): void {
        for (const relation of this.selection(resource).relations) {
            const branch = tree[relation.name];
            const target = branch && this.catalogue.get(relation.type);
            if (!branch || !target || this.world.records.denied.has(relation.type)) {
                continue;
            }
            const next = new Set<number>();
            for (const number of numbers) {
                const linkage = relation.linkage(number);
                for (const linked of Array.isArray(linkage) ? linkage : linkage === null ? [] : [linkage]) {
                    const linkedNumber = numberOf(target, linked.id);
                    if (target.numbers.has(linkedNumber)) {
                        next.add(linkedNumber);
                    }
                }
            }
            this.follow(target, next, branch, found);
            for (const number of next) {
                found.set(`${target.type}/${number}`, { resource: target, number });
            }
        }
    }
}
