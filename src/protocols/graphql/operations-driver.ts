import { Injectable } from '@nestjs/common';
import { MercuriusDriver } from '@nestjs/mercurius';

@Injectable()
export class OperationsDriver extends MercuriusDriver {}
