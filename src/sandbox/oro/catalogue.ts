import type { Resource } from './resource';
import { contacts, leads } from './resources/contacts';
import { customerUserAddresses, customerUsers } from './resources/customer-users';
import { customerGroups, customers } from './resources/customers';
import { kinds, marketingLists, pickedItems, removedItems, unsubscribedItems } from './resources/marketing-lists';
import { orderLineItems } from './resources/order-line-items';
import { customerUserRoles, organizations, userProfile } from './resources/organisation';
import { orders, quotes, rfqs } from './resources/sales';
import { segmentSnapshots, segments } from './resources/segments';
import { tags } from './resources/tags';
import type { World } from './world';

/** What a path segment stands for. */
export type Found =
    | { readonly kind: 'resource'; readonly resource: Resource }
    /** Oro has the entity, but not in this API. */
    | { readonly kind: 'notAccessible' }
    /** A resource of Oro that the sandbox's role may not see, because the sandbox does not have it. */
    | { readonly kind: 'denied' }
    | { readonly kind: 'unknown' };

const NOT_EXPOSED = ['shoppinglists', 'lineitems', 'checkouts', 'emailcampaigns', 'emailcampaignstatistics'];

const NOT_PLAYED = [
    'accounts',
    'asyncoperations',
    'businessunits',
    'campaigns',
    'contactaddresses',
    'contactgroups',
    'contactsources',
    'countries',
    'customeraddresses',
    'marketingactivities',
    'opportunities',
    'products',
    'regions',
    'searchentities',
    'users',
    'webhooks',
    'webhooktopics',
    'webhookformats',
];

/** The resources of the back-office API. */
export class Catalogue {
    private readonly resources: ReadonlyMap<string, Resource>;
    private readonly exposed: ReadonlyMap<string, Resource>;

    constructor(private readonly world: World) {
        this.resources = byType([
            userProfile(world),
            organizations(world),
            customerUserRoles(),
            customerUsers(world),
            customerUserAddresses(world),
            customers(world),
            customerGroups(world),
            contacts(world),
            leads(world),
            orders(world),
            orderLineItems(world),
            quotes(world),
            rfqs(world),
            tags(world),
        ]);
        this.exposed = byType([
            marketingLists(world),
            kinds('marketinglisttypes', ['dynamic', 'manual', 'static']),
            pickedItems(world),
            removedItems(world),
            unsubscribedItems(world),
            segments(world),
            kinds('segmenttypes', ['dynamic', 'static']),
            segmentSnapshots(world),
        ]);
    }

    /** The resource of a type, `undefined` when it cannot be read here. */
    get(type: string): Resource | undefined {
        return this.resources.get(type) ?? (this.world.settings.stock ? undefined : this.exposed.get(type));
    }

    /** What a type is, or why it cannot be read. */
    find(type: string): Found {
        const resource = this.get(type);
        if (resource) {
            return { kind: 'resource', resource };
        }
        if (this.exposed.has(type) || NOT_EXPOSED.includes(type)) {
            return { kind: 'notAccessible' };
        }
        return { kind: NOT_PLAYED.includes(type) ? 'denied' : 'unknown' };
    }
}

function byType(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
    return new Map(resources.map((resource) => [resource.type, resource]));
}
