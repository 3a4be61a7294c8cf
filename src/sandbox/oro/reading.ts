import type { Linked, Relation, Resource, Value } from './resource';
import type { World } from './world';

/** Reads an attribute of a resource as it is now: as generated, or as a change set it. */
export function readAttribute(world: World, resource: Resource, name: string): (number: number) => Value {
    const generated = resource.attributes[name] ?? (() => null);
    const changes = world.records.changesOf(resource.type);
    if (changes.size === 0) {
        return generated;
    }
    return (number) => {
        const changed = changes.get(number)?.[name];
        return changed === undefined ? generated(number) : changed;
    };
}

/** Reads a relationship as it is now. */
export function readRelation(
    world: World,
    resource: Resource,
    name: string,
    relation: Relation,
): (number: number) => string | null | readonly string[] | readonly Linked[] {
    const changes = world.records.changesOf(resource.type);
    if (changes.size === 0) {
        return relation.read;
    }
    return (number) => {
        const changed = changes.get(number)?.[name];
        if (changed === undefined) {
            return relation.read(number);
        }
        return Array.isArray(changed) ? changed.map(String) : changed === null ? null : String(changed);
    };
}

/** The attributes that a resource shows: Oro's own without those taken away, and those an administrator added. */
export function attributeNames(world: World, resource: Resource): string[] {
    const vanished = world.records.vanishedOf(resource.type);
    const names = [...Object.keys(resource.attributes), ...world.records.customOf(resource.type)];
    return names.filter((name) => !vanished.has(name));
}
