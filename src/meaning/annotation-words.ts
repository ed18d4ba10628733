/** What AWS tells of a connection beside its packets, in words: which ECS task, which AWS service, and by which way packets left. */
import { type EcsTask, TRAFFIC_PATHS } from '../model/annotations.ts';
import type { Connection, Side, Vantage } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { spellEndpoint } from '../model/spell-values.ts';

const SIDES: readonly Side[] = ['initiator', 'responder'];

const nameOf = ({ interfaceId, resourceId }: Vantage): string => {
  const name = interfaceId ?? resourceId;
  return name === null ? 'a vantage without a name' : escapeControls(name);
};

/** `ECS service web, task 1a2b in cluster prod, container 1a2b-345` */
export const describeEcs = ({ cluster, service, task, container }: EcsTask): string => {
  const what = [
    service === null ? '' : `service ${escapeControls(service)}`,
    task === null ? '' : `task ${escapeControls(task)}`,
  ].filter((text) => text !== '');
  const where = cluster === null ? '' : ` in cluster ${escapeControls(cluster)}`;
  const which = container === null ? '' : `, container ${escapeControls(container)}`;
  return `ECS ${what.length === 0 ? 'task' : what.join(', ')}${where}${which}`;
};

const describePath = (path: number): string => {
  const way = TRAFFIC_PATHS[path];
  return way === undefined ? `by traffic-path ${path}` : `${way} (traffic-path ${path})`;
};

/** Sentences, safe to show; none where the records say nothing, or the run was not asked for it. Ends are named: who opened may be unknown. */
export const describeAnnotations = (connection: Connection): string[] => {
  const end = (side: Side): string => spellEndpoint(connection[side].address, connection[side].port);
  const tasks = connection.vantages.flatMap((vantage) => {
    const { ecs, role } = vantage;
    if (ecs === undefined) return [];
    const whose = role === 'initiator' || role === 'responder' ? `${end(role)}, at ` : '';
    return [`${whose}${nameOf(vantage)}: ${describeEcs(ecs)}.`];
  });
  const services = SIDES.flatMap((side) => {
    const { address, awsService } = connection[side];
    return awsService === undefined
      ? []
      : [`${escapeControls(address)} is an address of the AWS service ${escapeControls(awsService)}.`];
  });
  const ways = connection.vantages.flatMap((vantage) =>
    SIDES.flatMap((side) => {
      const path = vantage.trafficPaths?.[side] ?? null;
      return path === null ? [] : [`What ${end(side)} sent left ${nameOf(vantage)} ${describePath(path)}.`];
    }),
  );
  return [...tasks, ...services, ...ways];
};
